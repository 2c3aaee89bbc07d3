using System.Net;
using System.Text;
using Aggregator.Testing;

namespace Aggregator.Api.Tests.Editions;

public sealed class DocumentEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    const string Word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    const string Excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    [Theory]
    [InlineData("report.docx", Word, "PK", "万载县2021年政府信息公开工作年度报告（未完整1-17）.docx")]
    [InlineData("report.pdf", "application/pdf", "%PDF", "万载县2021年政府信息公开工作年度报告（未完整1-17）.pdf")]
    [InlineData("report.xlsx", Excel, "PK", "万载县2021年政府信息公开工作年度报告数据（未完整1-17）.xlsx")]
    [InlineData("circular.docx", Word, "PK", "万载县人民政府办公室关于2021年度政府信息公开工作年度报告报送情况的通报.docx")]
    [InlineData("circular.pdf", "application/pdf", "%PDF", "万载县人民政府办公室关于2021年度政府信息公开工作年度报告报送情况的通报.pdf")]
    [InlineData("roster/360922100/dunning-letter.docx", Word, "PK", "关于催报2021年度政府信息公开工作年度报告的函（株潭镇）.docx")]
    [InlineData("roster/360922100/dunning-letter.pdf", "application/pdf", "%PDF", "关于催报2021年度政府信息公开工作年度报告的函（株潭镇）.pdf")]
    [InlineData("infographic.svg", "image/svg+xml", "<svg", "万载县2021年政府信息公开工作年度报告图解（未完整1-17）.svg")]
    [InlineData("infographic.png?format=wide", "image/png", "\u0089PNG", "万载县2021年政府信息公开工作年度报告图解（未完整1-17）.png")]
    public async Task A_document_comes_with_its_type_and_name_and_only_to_who_has_not_got_it(string file, string type, string start, string name)
    {
        var clerk = await OpenAsync();
        var address = $"/api/v1/counties/360922/years/2021/{file}";

        var first = await clerk.GetAsync(address);
        first.StatusCode.ShouldBe(HttpStatusCode.OK, await first.Content.ReadAsStringAsync());
        first.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        var bytes = await first.Content.ReadAsByteArrayAsync();
        Encoding.Latin1.GetString(bytes)[..start.Length].ShouldBe(start);
        first.Content.Headers.ContentDisposition!.FileNameStar.ShouldBe(name);

        clerk.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);
        var second = await clerk.GetAsync(address);
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await second.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_picture_has_two_formats_and_no_third()
    {
        var clerk = await OpenAsync();

        (await clerk.GetStringAsync("/api/v1/counties/360922/years/2021/infographic.svg")).ShouldContain("0 0 1240 1754");
        (await clerk.GetStringAsync("/api/v1/counties/360922/years/2021/infographic.svg?format=wide")).ShouldContain("0 0 1920 1080");
        await (await clerk.GetAsync("/api/v1/counties/360922/years/2021/infographic.svg?format=square")).ShouldRefuseAsync(400, "invalid_format");
    }

    [Theory]
    [InlineData("360922201", 409, "already_filed")]
    [InlineData("360922-nobody", 404, "unit_not_on_roster")]
    public async Task Who_owes_nothing_gets_no_letter(string unit, int status, string code)
    {
        var clerk = await OpenAsync();

        await (await clerk.GetAsync($"/api/v1/counties/360922/years/2021/roster/{unit}/dunning-letter.docx")).ShouldRefuseAsync(status, code);
    }

    [Theory]
    [InlineData("circular.docx")]
    [InlineData("roster/360902001/dunning-letter.pdf")]
    [InlineData("infographic.png")]
    public async Task A_year_that_is_not_open_has_no_documents(string file)
    {
        var clerk = await api.CountyAsync("360902");

        await (await clerk.GetAsync($"/api/v1/counties/360902/years/2021/{file}")).ShouldRefuseAsync(404, "year_not_found");
    }

    async Task<HttpClient> OpenAsync()
    {
        var clerk = await api.OpenYearAsync("360922", 2021);
        await clerk.FileAsync("/api/v1/counties/360922/years/2021", "360922201", RealReports.Mabu2021);
        await api.RefreshTotalsAsync();
        return clerk;
    }
}
