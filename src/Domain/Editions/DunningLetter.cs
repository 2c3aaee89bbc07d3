using Aggregator.Units;
using Aggregator.Years;

namespace Aggregator.Editions;

/// <summary>A letter to a unit that has not filed (催办函).</summary>
/// <param name="Title">Its title.</param>
/// <param name="Recipient">To whom it goes (主送机关).</param>
/// <param name="Paragraphs">What it says.</param>
/// <param name="Contact">Whom to ask; null if the county names nobody, and somebody is to write it in; empty if nobody is going to.</param>
/// <param name="Issuer">Who issues it.</param>
/// <param name="Date">When.</param>
public sealed record DunningLetter(string Title, string Recipient, IReadOnlyList<string> Paragraphs, string? Contact, string Issuer, DateOnly Date)
{
    /// <summary>
    /// Writes the letter to a unit. Refusals: <c>unit_not_on_roster</c>, <c>unit_exempt</c>, <c>already_filed</c>.
    /// </summary>
    /// <param name="report">The state of the county's report.</param>
    /// <param name="code">The unit.</param>
    /// <param name="contacts">The county's own contacts; the first one with a telephone is named.</param>
    public static Outcome<DunningLetter> Of(CountyReport report, string code, IReadOnlyList<Contact> contacts)
    {
        if (report.Roster.FirstOrDefault(u => u.Code == code) is not { } unit)
        {
            return new Refusal(RefusalKind.NotFound, "unit_not_on_roster", $"{report.Year}年度的名录上没有 {code} 这个单位。");
        }

        if (unit.Status == "exempt")
        {
            return new Refusal(RefusalKind.Conflict, "unit_exempt", $"{unit.Name}{report.Year}年度免报，不必催办。");
        }

        if (unit.IsFiled)
        {
            return new Refusal(RefusalKind.Conflict, "already_filed", $"{unit.Name}已经报送{report.Year}年度报告，不必催办。");
        }

        var days = report.AsOf.DayNumber - unit.DueDate.DayNumber;
        var state = unit.Status switch
        {
            "draft" => "你单位提交的报告没有通过校验，仍是草稿，不能计入汇总",
            "returned" => "你单位的报告已被退回，尚未重新报送",
            _ => "尚未收到你单位的报告",
        };
        var contact = contacts.FirstOrDefault(c => c.Phone is not null);
        return new DunningLetter(
            $"关于催报{report.Year}年度政府信息公开工作年度报告的函",
            $"{unit.Name}：",
            [
                $"根据{Basis(unit)}和{report.Name}{report.Year}年度政府信息公开工作年度报告编报工作安排，你单位应当于{ChinaTime.Text(unit.DueDate)}前报送"
                    + $"{report.Year}年度政府信息公开工作年度报告。截至{ChinaTime.Text(report.AsOf)}，{state}{(days > 0 ? $"，已逾期{days}天" : "")}。",
                $"年度报告应当按照{report.Figures.Form.Basis}规定的格式编写，六个部分齐全；没有发生的事项填“0”，不得空缺。",
                days > 0
                    ? $"请你单位高度重视，指定专人负责，收到本函后立即报送。全{Area.Of(report.Name)}年度报告须依法于{ChinaTime.Text(ReportingYear.StatutoryCountyDueDate(report.Year))}前向社会公布，逾期仍不报送的，将依照《中华人民共和国政府信息公开条例》第四十七条责令整改、通报批评。"
                    : "请你单位抓紧编写，按期报送。",
                "特此函告。",
            ],
            contact is null ? null : $"{contact.Name}，{contact.Phone}",
            $"{report.Name}人民政府办公室",
            report.AsOf);
    }

    /// <summary>Article 49 binds departments to file with the county's office; a township's duty is the county's notice.</summary>
    static string Basis(ReportUnit unit) => unit.Code.Contains('-', StringComparison.Ordinal)
        ? "《中华人民共和国政府信息公开条例》第四十九条、第五十条"
        : "《中华人民共和国政府信息公开条例》第五十条";
}
