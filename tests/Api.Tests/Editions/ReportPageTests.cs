using System.Text;
using System.Text.RegularExpressions;
using Aggregator.Api.Editions;
using Aggregator.Api.Web;
using Aggregator.Editions;
using Aggregator.Forms;
using Aggregator.Totals;
using Aggregator.Years;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace Aggregator.Api.Tests.Editions;

public class ReportPageTests
{
    const string Hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

    [Theory]
    [InlineData("2019", 198)]
    [InlineData("2021", 200)]
    public async Task Every_figure_has_its_field(string form, int cells)
    {
        var page = await RenderAsync(Report(form, included: true));

        Regex.Count(page, "<td").ShouldBe(cells);
        Regex.Count(page, ">0</td>").ShouldBe(cells);
        Regex.Count(page, "<thead>").ShouldBe(2, "the heads of tables three and four repeat on each page");
        page.ShouldContain("<th scope=\"col\" colspan=\"3\" rowspan=\"3\">（本列数据的勾稽关系为：");
        page.ShouldContain("<th scope=\"col\" rowspan=\"2\">结果维持</th>");
    }

    [Fact]
    public async Task Missing_figures_are_dashes_and_never_zeros()
    {
        var page = await RenderAsync(Report("2021", included: false));

        Regex.Count(page, ">—</td>").ShouldBe(200);
        page.ShouldNotContain(">0</td>");
        page.ShouldContain("“—”表示没有数据，不等于0。");
        page.ShouldContain("<strong>未完整：已报 0/1 个单位</strong>");
        page.ShouldContain("没有数据可以校验。");
    }

    [Fact]
    public async Task A_complete_report_without_findings_has_no_banner()
    {
        var page = await RenderAsync(Report("2021", included: true));

        page.ShouldNotContain("<aside");
        page.ShouldContain("1 个单位全部报送");
        page.ShouldContain("汇总数据符合全部勾稽关系。");
    }

    [Fact]
    public async Task Names_and_words_of_units_stay_text()
    {
        var page = await RenderAsync(Report("2021", included: true, Hostile));

        page.ShouldNotContain("<script");
        page.ShouldNotContain("<img");
        page.ShouldStartWith("<!DOCTYPE html>");
        page.ShouldContain("<html lang=\"zh-CN\">");
        Regex.Count(page, "<style").ShouldBe(1);
        page.ShouldNotContain(" style=", Case.Insensitive, "the policy allows the one style sheet only");
        Regex.Count(page, "&lt;script&gt;alert").ShouldBe(5, "heading, words, list of included and of late units, exempt reason");
    }

    static async Task<string> RenderAsync(CountyReport report)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddPages();
        await using var app = builder.Build();
        await using var scope = app.Services.CreateAsyncScope();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        (context.Request.Scheme, context.Request.Host) = ("http", new HostString("localhost"));
        context.Response.Body = body;
        await new RazorComponentResult<ReportPage>(new { Report = report }).ExecuteAsync(context);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    static CountyReport Report(string code, bool included, string text = "无")
    {
        var form = Form.Find(code)!;
        var now = new DateTimeOffset(2022, 2, 10, 0, 0, 0, TimeSpan.Zero);
        var figures = included ? new Figures(form, [.. form.Cells.Select(_ => (decimal?)0)]) : new Figures(form);
        RosterLine[] lines =
        [
            new("360922201", text, "township", true, included ? "submitted" : "missing", true, new DateOnly(2022, 1, 31), null, now, 1, 1, null, null, new FindingCounts(0, 0, 0)),
            new("360922202", "园区", "other", false, "exempt", false, new DateOnly(2022, 1, 31), text, null, 0, null, null, null, new FindingCounts(0, 0, 0)),
        ];
        IncludedReport[] reports = included ? [new IncludedReport("360922201", 1, ["", text, "无"], figures.Values, [])] : [];
        return CountyReport.Of(
            new ReportingYear("360922", form.FirstYear, code, new DateOnly(2022, 1, 31), new DateOnly(2022, 3, 31), "open"), "万载县",
            new Total("360922", "万载县", form.FirstYear, code, figures, new TotalUnits(1, reports.Length, []), included, [], 1, now, Stale: false),
            new Roster(RosterSummary.Of(lines), lines), reports, [], now);
    }
}
