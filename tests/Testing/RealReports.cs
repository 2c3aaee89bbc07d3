namespace Aggregator.Testing;

/// <summary>The figures of real published reports, with the mistakes that they were published with.</summary>
public static class RealReports
{
    /// <summary>万载县马步乡, 2021. Correct.</summary>
    public static Report Mabu2021 { get; } = Report.Zero("2021").With("disclosure.penalties.decisions", 1);

    /// <summary>乡宁县人民政府办公室, 2021. Two requests stand in the 总计 column but in no column of applicants.</summary>
    public static Report XiangningOffice2021 { get; } = Report.Zero("2021")
        .WithRow("disclosure.normativeDocuments", 9, 0, 38)
        .WithRow("requests.received", 2, 0, 0, 0, 0, 0, 2)
        .WithRow("requests.unavailable.notHeld", 0, 0, 0, 0, 0, 0, 2)
        .WithRow("requests.total", 0, 0, 0, 0, 0, 0, 2);

    /// <summary>长白县马鹿沟镇, 2020. Correct, in the format of its year.</summary>
    public static Report Malugou2020 { get; } = Report.Zero("2019");

    /// <summary>宝清县万金山乡, 2021. Filed in the format that ended with 2020.</summary>
    public static Report Wanjinshan2021 { get; } = Report.Zero("2019");

    /// <summary>樟树市阁山镇, 2021. Correct.</summary>
    public static Report Geshan2021 { get; } = Report.Zero("2021").WithRow("disclosure.normativeDocuments", 28, 0, 63);

    /// <summary>淮安市洪泽区, 2023. Two totals of table 四 left at 0.</summary>
    public static Report Hongze2023 { get; } = Report.Zero("2021")
        .WithRow("disclosure.normativeDocuments", 0, 5, 5)
        .With("disclosure.licences.decisions", 550)
        .With("disclosure.penalties.decisions", 4119)
        .With("disclosure.coerciveMeasures.decisions", 195)
        .With("disclosure.fees.amount", 7730.28m)
        .ByNaturalPersons("requests.received", 21)
        .ByNaturalPersons("requests.partlyGranted", 4)
        .ByNaturalPersons("requests.refused.stateSecret", 1)
        .ByNaturalPersons("requests.refused.processInformation", 1)
        .ByNaturalPersons("requests.refused.enforcementFile", 1)
        .ByNaturalPersons("requests.unavailable.notHeld", 10)
        .ByNaturalPersons("requests.unavailable.needsCreation", 3)
        .ByNaturalPersons("requests.notProcessed.petition", 1)
        .ByNaturalPersons("requests.total", 21)
        .WithRow("review.reconsideration", 10, 1, 0, 0, 0)
        .WithRow("review.litigationAfterReconsideration", 5, 0, 0, 0, 0);

    /// <summary>淮安市洪泽区, 2024. Correct.</summary>
    public static Report Hongze2024 { get; } = Report.Zero("2021")
        .WithRow("disclosure.normativeDocuments", 3, 0, 8)
        .With("disclosure.licences.decisions", 9487)
        .With("disclosure.penalties.decisions", 2776)
        .With("disclosure.coerciveMeasures.decisions", 84)
        .With("disclosure.fees.amount", 7545)
        .ByNaturalPersons("requests.received", 95)
        .ByNaturalPersons("requests.granted", 50)
        .ByNaturalPersons("requests.partlyGranted", 9)
        .ByNaturalPersons("requests.refused.securityAndStability", 1)
        .ByNaturalPersons("requests.refused.processInformation", 1)
        .ByNaturalPersons("requests.refused.enforcementFile", 1)
        .ByNaturalPersons("requests.unavailable.notHeld", 31)
        .ByNaturalPersons("requests.unavailable.needsCreation", 1)
        .ByNaturalPersons("requests.notProcessed.petition", 1)
        .ByNaturalPersons("requests.total", 95)
        .WithRow("review.reconsideration", 1, 1, 0, 0, 2)
        .WithRow("review.litigationDirect", 1, 0, 0, 0, 1)
        .WithRow("review.litigationAfterReconsideration", 2, 0, 1, 0, 3);

    static Report ByNaturalPersons(this Report report, string row, decimal requests) =>
        report.WithRow(row, requests, 0, 0, 0, 0, 0, requests);
}
