using System.Net;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Submissions;

public sealed class SubmissionEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Year = "/api/v1/counties/360922/years/2021";

    [Fact]
    public async Task A_correct_report_is_filed_and_counted()
    {
        var clerk = await api.OpenYearAsync("360922", 2021);
        var reporter = await api.ReporterAsync("360922201");

        var response = await reporter.PostAsync($"{Year}/submissions", RealReports.Mabu2021.ToJson("360922201").AsJson());

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var receipt = await response.JsonAsync();
        ((int?)receipt["revision"]).ShouldBe(1);
        ((string?)receipt["status"]).ShouldBe("submitted");
        ((bool?)receipt["late"]).ShouldBe(false);
        receipt["findings"]!.AsArray().ShouldBeEmpty();
        response.Headers.ETag!.Tag.ShouldBe("\"1\"");

        await api.RefreshTotalsAsync();
        var totals = await clerk.GetJsonAsync($"{Year}/totals");
        ((int?)totals["figures"]!["disclosure"]!["penalties"]!["decisions"]).ShouldBe(1);
        ((int?)totals["units"]!["included"]).ShouldBe(1);
        totals["units"]!["missing"]!.AsArray().Count.ShouldBe(16);
        ((bool?)totals["complete"]).ShouldBe(false);
    }
}
