using System.Text;

namespace Aggregator.Documents.Tests.Reading;

public class HtmlSourceTests
{
    static readonly Encoding gbk = CodePagesEncodingProvider.Instance.GetEncoding("gbk")!;

    [Theory]
    [InlineData("<p>甲</p><div>乙<div>丙</div>丁</div>", "甲|乙|丙|丁")]
    [InlineData("<p>一、总体情况<br>　　正文<br/>又</p>", "一、总体情况|　　正文|又")]
    [InlineData("<p>政府\r\n  信息 <b>公</b>开&nbsp;2021\n年 a\nb</p>", "政府信息 公开\u00a02021 年 a b")]
    [InlineData("<nav>首页</nav><script>x</script><style>y</style><p hidden>藏</p><p style='Display : none'>藏</p><span style='mso-hide:all'>藏</span><p>露</p>", "露")]
    [InlineData("<!--[if gte mso 9]><xml>藏</xml><![endif]--><p><![if !supportLists]><span>一、</span><![endif]>总体<o:p></o:p></p>", "一、总体")]
    [InlineData("<p>12<sup>2</sup>件<del>旧</del><span style='vertical-align: super'>[3]</span></p>", "12²件[³]")]
    [InlineData("<pre>甲\t1\n乙\t2</pre>", "甲\t1|乙\t2")]
    [InlineData("<ol><li>甲</li><li>乙</li></ol><ul><li>丙</li></ul>", "1.甲|2.乙|丙")]
    [InlineData("<p>未闭合<p>第二<table><tr><td>甲<td>1<tr><td>乙<td>2</table>后", "未闭合|第二|= 甲 = 1|= 乙 = 2|后")]
    public async Task A_page_is_read_as_a_browser_shows_it(string body, string expected) =>
        string.Join('|', (await Shown.ReadAsync(Encoding.UTF8.GetBytes($"<html><head><title>题</title></head><body>{body}</body></html>"))).Show().Select(l => l.Replace('|', '=')))
            .ShouldBe(expected);

    [Theory]
    [InlineData("<tr><td rowspan=2>甲<td colspan=2>乙<tr><td>1<td>2", "2x1 甲 = 1x2 乙", "1 = 2")]
    [InlineData("<tr><td rowspan=0>甲<td>乙<tr><td>1<tr><td>2", "3x1 甲 = 乙", "1", "2")]
    [InlineData("<tr><td rowspan=99999999999>甲<td colspan=1000000000>乙<tr><td>1<td>2", "2x1 甲 = 1x2 乙", "1 = 2")]
    [InlineData("<tr><td>甲<td rowspan=2>乙<td>丙<tr><td colspan=2>1<td>2", "甲 = 2x1 乙 = 丙", "1 = 2")]
    [InlineData("<tr><td rowspan=-1 colspan=x>甲<td colspan='2 '>乙<tr><td>1<td>2<td>3", "甲 = 1x2 乙", "1 = 2 = 3")]
    [InlineData("<thead><tr><th rowspan=5>头<th>b</thead><tbody><tr><td>1<td>2</tbody>", "头 = b", "1 = 2")]
    [InlineData("<caption>表题</caption><tr style='display:none'><td>藏<td>x<tr><td><p>甲</p><p>乙<br>丙</p><td><span hidden>9</span>1", "甲¶乙¶丙 = 1")]
    [InlineData("<tr><td colspan=3>甲<tr><td colspan=3>乙<tr><td colspan=2>丙<td>1", "1x2 甲", "1x2 乙", "丙 = 1")]
    public async Task A_table_keeps_its_spans_within_reason(string rows, params string[] expected)
    {
        var document = await Shown.ReadAsync(Encoding.UTF8.GetBytes($"<table>{rows}</table>"));

        document.ShouldNotOverlap();
        document.Show().Where(l => l != "表题").Select(l => l[2..].Replace('|', '=')).ShouldBe(expected);
    }

    [Fact]
    public async Task Tables_that_lay_out_the_page_are_dissolved() =>
        (await Shown.ReadAsync(Encoding.UTF8.GetBytes("""
            <table><tr><td>网站首页</td></tr><tr><td>栏目</td><td><table><tr><td><p>标题</p><table><tr><td>甲</td><td>1</td></tr></table><p>正文</p></td></tr></table></td></tr></table>
            """))).Show().ShouldBe(["网站首页", "栏目", "标题", "| 甲 | 1", "正文"]);

    public static TheoryData<byte[]> Encodings =>
    [
        Encoding.UTF8.GetBytes(Page("utf-8")),
        (byte[])[.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Page("gb2312"))],
        gbk.GetBytes(Page("gb2312")),
        gbk.GetBytes(Page("GBK")),
        gbk.GetBytes("<p>马步乡2021年政府信息公开</p>"),
        (byte[])[.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Page("unicode"))],
        Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + Page("utf-8")),
    ];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Pages_come_in_all_the_encodings_of_offices(byte[] file)
    {
        var document = await Shown.ReadAsync(file);

        document.MediaType.ShouldBe("text/html");
        document.Show().ShouldBe(["马步乡2021年政府信息公开"]);
    }

    static string Page(string charset) =>
        $"<!DOCTYPE html>\r\n<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset={charset}\"></head><body><p>马步乡2021年政府信息公开</p></body></html>";
}
