using Aggregator.Checks;
using Aggregator.Forms;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests.Checks;

public sealed class ProseCheckTests
{
    const string Topics = "（一）主动公开。（二）依申请公开。（三）政府信息管理。（四）平台建设。（五）监督保障。";

    static readonly Report requests = Report.Zero("2021")
        .WithRow("requests.received", 3, 0, 0, 0, 0, 0, 3)
        .WithRow("requests.carriedIn", 1, 0, 0, 0, 0, 0, 1)
        .WithRow("requests.granted", 2, 0, 0, 0, 0, 0, 2)
        .WithRow("requests.total", 2, 0, 0, 0, 0, 0, 2)
        .WithRow("requests.carriedOut", 2, 0, 0, 0, 0, 0, 2)
        .WithRow("review.reconsideration", 1, 0, 0, 2, 3)
        .WithRow("review.litigationDirect", 1, 0, 0, 0, 1)
        .WithRow("review.litigationAfterReconsideration", 0, 0, 0, 1, 1)
        .WithRow("disclosure.normativeDocuments", 4, 0, 32)
        .With("disclosure.penalties.decisions", 1234)
        .With("disclosure.fees.amount", 12.5m);

    [Theory]
    [InlineData("全年收到政府信息公开申请2件，均已答复", "requests.received.total", "3", "2")]
    [InlineData("全年共受理公民、法人和其他组织提出的政府信息公开申请５件", "requests.received.total", "3", "5")]
    [InlineData("新收依申请公开二十一件", "requests.received.total", "3", "21")]
    [InlineData("本年度未收到任何形式的政府信息公开申请", "requests.received.total", "3", "0")]
    [InlineData("上年结转2件", "requests.carriedIn.total", "1", "2")]
    [InlineData("结转下年度继续办理1件", "requests.carriedOut.total", "2", "1")]
    [InlineData("其中，予以公开1件", "requests.granted.total", "2", "1")]
    [InlineData("发生行政复议案件5件", "review.reconsideration.total", "3", "5")]
    [InlineData("没有因政府信息公开工作被申请行政复议的情况", "review.reconsideration.total", "3", "0")]
    [InlineData("被提起行政诉讼3件", "review.litigationDirect.total", "2", "3")]
    [InlineData("本年未制定行政规范性文件", "disclosure.normativeDocuments.issued", "4", "0")]
    [InlineData("现行有效的行政规范性文件30件", "disclosure.normativeDocuments.inForce", "32", "30")]
    [InlineData("作出行政处罚决定1,243件", "disclosure.penalties.decisions", "1234", "1243")]
    [InlineData("行政事业性收费12万元", "disclosure.fees.amount", "12.5", "12")]
    [InlineData("制发行政规范性文件4件，废止2件，现行有效32件", "disclosure.normativeDocuments.repealed", "0", "2")]
    [InlineData("制发行政规范性文件4件，废止0件，现行有效30件", "disclosure.normativeDocuments.inForce", "32", "30")]
    [InlineData("作出行政许可决定0件、行政处罚决定1243件", "disclosure.penalties.decisions", "1234", "1243")]
    [InlineData("作出行政许可0件，行政处罚1234件，行政强制48件", "disclosure.coerciveMeasures.decisions", "0", "48")]
    [InlineData("2021年，政府信息公开申请共计96件", "requests.received.total", "3", "96")]
    [InlineData("政府信息公开申请总数为96件", "requests.received.total", "3", "96")]
    [InlineData("答复后被行政复议9件", "review.reconsideration.total", "3", "9")]
    [InlineData("办理信息公开类行政复议3件、行政诉讼5件", "review.litigationDirect.total", "2", "5")]
    [InlineData("予以公开2件、部分公开4件", "requests.partlyGranted.total", "0", "4")]
    public void A_figure_in_words_that_is_not_the_table_s_is_quoted(string sentence, string path, string expected, string found)
    {
        var finding = Check(requests, Topics + sentence + "。").ShouldHaveSingleItem();

        (finding.Rule, finding.Severity, finding.Path, finding.Expected, finding.Found).ShouldBe(("TX", Severity.Warning, "prose.overview", expected, found));
        finding.Cells.ShouldContain(path);
        finding.Message.ShouldContain(sentence);
    }

    [Theory]
    [InlineData("全年收到政府信息公开申请3件，予以公开2件")]
    [InlineData("收到申请三件，上年结转1件，结转下年2件")]
    [InlineData("2020年收到政府信息公开申请7件，今年收到政府信息公开申请3件")]
    [InlineData("去年收到政府信息公开申请7件")]
    [InlineData("收到政府信息公开申请比上年减少7件")]
    [InlineData("收到网上申请1件、信函申请2件")]
    [InlineData("收到政府信息公开申请10余件")]
    [InlineData("未收到行政许可申请")]
    [InlineData("主动予以公开信息20条")]
    [InlineData("没有被纠正的行政复议案件")]
    [InlineData("行政复议和行政诉讼共5件")]
    [InlineData("作出行政处罚决定1234件，公示行政处罚信息20件")]
    [InlineData("行政事业性收费125000元")]
    [InlineData("办理行政许可事项清单6项")]
    [InlineData("根据国办发〔2021〕30号文件，公布咨询电话0795-7161260、邮编331200，设查阅点18个")]
    [InlineData("自2010年以来累计受理政府信息公开申请1256件，2021年收到申请3件，较2020年增长50%")]
    [InlineData("上半年收到政府信息公开申请1件，下半年收到2件")]
    [InlineData("一季度收到申请1件，二季度收到申请2件")]
    [InlineData("与上年度相比，收到申请数由21件变为3件")]
    [InlineData("收到政府信息公开申请3件，其中自然人2件、企业1件；从申请渠道看，当面1件、网络1件、信函1件")]
    [InlineData("未发生因政府信息公开行政复议被纠正的案件，无行政诉讼败诉案件")]
    [InlineData("县司法局收到行政复议申请156件，受理142件")]
    [InlineData("没有发生泄密事件，未收到要求更正政府信息的申请")]
    [InlineData("全年行政诉讼案件88件，行政机关负责人出庭应诉率100%")]
    [InlineData("办理行政复议案件156件、行政诉讼案件88件，法律援助案件300件")]
    [InlineData("全县共发生行政复议案件103件，行政诉讼案件88件")]
    [InlineData("主动公开政府信息61条、行政复议决定书20份")]
    [InlineData("予以公开及部分公开2件")]
    [InlineData("办结政府信息公开申请共计2件")]
    [InlineData("清理规范性文件41件，其中继续有效29件、废止12件；向社会公开规范性文件9件")]
    [InlineData("2020年，全县收到政府信息公开申请21件，2021年收到政府信息公开申请3件")]
    [InlineData("办理人大代表建议86件、政协提案124件，12345热线办理诉求33,251件，微信阅读量52.6万次")]
    [InlineData("主动公开1,586条，其中：公告320条，动态860条，政策106条，其他300条")]
    public void A_figure_in_words_that_agrees_or_speaks_of_something_else_is_left_alone(string sentence) =>
        Check(requests, Topics + sentence + "。").ShouldBeEmpty();

    [Theory]
    [InlineData("收到并办理政府信息公开申请4件", "其中本年新收3件、上年结转1件")]
    [InlineData("被申请行政复议案件1件", "另有2件尚未审结")]
    public void A_gap_that_is_legitimate_is_explained_not_accused(string sentence, string reason)
    {
        var finding = Check(requests, Topics + sentence + "。").ShouldHaveSingleItem();

        finding.Severity.ShouldBe(Severity.Notice);
        finding.Message.ShouldContain(sentence);
        finding.Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("主动公开信息15条，其中政策文件9条、工作动态7条", "16", "15")]
    [InlineData("主动公开信息15条。其中：政策文件9条，工作动态7条", "16", "15")]
    [InlineData("主动公开信息15条，按栏目为：政策文件9条、工作动态7条", "16", "15")]
    [InlineData("公开信息15条，分别为政策文件9条、工作动态5条", "14", "15")]
    public void Parts_that_do_not_fit_their_total_are_found(string sentence, string expected, string found)
    {
        var finding = Check(Report.Zero("2021"), Topics + sentence + "。").ShouldHaveSingleItem();

        (finding.Rule, finding.Severity, finding.Expected, finding.Found).ShouldBe(("TX", Severity.Warning, expected, found));
    }

    [Theory]
    [InlineData("主动公开信息15条，其中政策文件9条、工作动态6条")]
    [InlineData("主动公开信息15条，其中政策文件9条、工作动态2条等")]
    [InlineData("主动公开情况：公开信息15条，解读9条、动态7条")]
    [InlineData("主动公开信息15条，其中政策文件9条（含解读6条）、工作动态6条")]
    [InlineData("主动公开信息15条，其中政策文件9条、工作动态6条，共计15条")]
    [InlineData("主动公开信息15条，其中政策文件9条，比上年增加8条")]
    [InlineData("公开动态10条、公告8条，其中本级9条、上级7条")]
    [InlineData("收到来信11件，其中网络来信11件，申请办结数8件，答复8件")]
    [InlineData("公开信息50条。其中机构类20条，内有领导10条、职能10条；工作类30条，其中动态20条、通知10条")]
    [InlineData("公开信息22条，机构概况1条、其中领导成员13条、内设机构4条、直属单位4条")]
    [InlineData("公开规划3件，其中本级2件；受理建议5件、提案4件")]
    public void Parts_that_fit_or_need_not_are_left_alone(string sentence) => Check(Report.Zero("2021"), Topics + sentence + "。").ShouldBeEmpty();

    [Fact]
    public void One_thing_with_two_numbers_is_worth_a_look()
    {
        var finding = Check(Report.Zero("2021"), Topics + "公开养老、教育等重点领域信息18条。发布重点领域信息公开20条。").ShouldHaveSingleItem();

        (finding.Rule, finding.Severity).ShouldBe(("TX", Severity.Notice));
        finding.Message.ShouldContain("“重点领域”数量不同：18 条");
        finding.Message.ShouldContain("20 条");
    }

    [Fact]
    public void A_missing_section_an_empty_one_and_a_bare_none_are_found()
    {
        Messages(Check(Report.Zero("2021"), null, "", "无。")).ShouldBe([
            "一、总体情况：没有内容；没有需要报告的，也应写明",
            "五、存在的主要问题及改进情况：没有内容；没有需要报告的，也应写明",
            "六、其他需要报告的事项：没有写明本年度信息处理费的收取情况；没有收取的，写明收取0元",
        ]);
        Messages(Check(Report.Zero("2021"), "无", "暂无问题")).ShouldBe(["一、总体情况：只写了“无”，应写明具体情况", "五、存在的主要问题及改进情况：只写了“无”，应写明具体情况"]);
        Check(Report.Zero("2019"), Topics, other: "无").ShouldBeEmpty("the fee came with report year 2021");
    }

    [Fact]
    public void A_topic_that_is_not_told_is_found() =>
        Messages(Check(Report.Zero("2021"), "主动公开信息3条，依申请公开0件，加强了信息管理与平台建设。")).ShouldBe(["一、总体情况：没有写到监督保障"]);

    [Theory]
    [InlineData("2020年，我镇公开信息3条。", "2021", "2020")]
    [InlineData("统计期限自2020年1月1日起至2020年12月31日止。", "2021", "2020")]
    [InlineData("2021年，我镇将加强培训。", "2022", "2021")]
    public void A_year_that_is_not_the_report_s_is_found(string sentence, string expected, string found)
    {
        var finding = Check(Report.Zero("2021"), Topics + sentence, year: 2021).ShouldHaveSingleItem();

        (finding.Rule, finding.Expected, finding.Found).ShouldBe(("NAR", expected, found));
    }

    [Theory]
    [InlineData("2021年，我镇公开信息3条。2020年，我镇曾试点。")]
    [InlineData("落实国办发〔2016〕80号文件，公开2020年度决算。")]
    [InlineData("2022年，我镇将加强培训。")]
    public void Another_year_in_its_place_is_left_alone(string sentence) => Check(Report.Zero("2021"), Topics + sentence, year: 2021).ShouldBeEmpty();

    [Theory]
    [InlineData("2021")]
    [InlineData("2019")]
    public void Rules_can_be_switched_off(string form)
    {
        var off = new RuleSettings([new("TX", "off"), new("NAR", "off")]);

        Check(Report.Zero(form), "收到政府信息公开申请7件。").ShouldNotBeEmpty();
        Check(Report.Zero(form), "收到政府信息公开申请7件。", settings: off).ShouldBeEmpty();
    }

    [Fact]
    public void No_text_can_stall_or_break_a_check()
    {
        string[] hostile =
        [
            string.Concat(Enumerable.Repeat("收到申请", 25_000)),
            new string('9', 100_000) + "件",
            string.Concat(Enumerable.Repeat("其中1条、", 20_000)),
            string.Concat(Enumerable.Repeat("（", 100_000)),
            string.Concat(Enumerable.Repeat("一二三百千", 20_000)) + "件",
            "收到申请\ud800件\udc00公开99999999999999999999999999999999条，其中99999999999999999999999999999999条、1条",
            string.Concat(Enumerable.Repeat("1,234,", 16_000)) + "条",
        ];
        foreach (var text in hostile)
        {
            Should.CompleteIn(() => Check(requests, text), TimeSpan.FromSeconds(5));
        }
    }

    static List<Finding> Check(
        Report report, string? overview, string? problems = "公开还不够及时，下一步加强培训。", string? other = "本年度收取信息处理费0元。",
        int? year = 2021, RuleSettings? settings = null)
    {
        var findings = new List<Finding>();
        ProseCheck.Run(report.Figures, [overview, problems, other], year, settings ?? RuleSettings.Default, findings);
        return findings;
    }

    static IEnumerable<string> Messages(IEnumerable<Finding> findings) => findings.Select(f => f.Message);
}
