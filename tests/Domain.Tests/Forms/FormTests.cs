using System.Reflection;
using System.Text.Json;
using Aggregator.Forms;

namespace Aggregator.Domain.Tests.Forms;

public sealed class FormTests
{
    static readonly string[] applicants = ["naturalPerson", "business", "research", "publicWelfare", "legalService", "other", "total"];

    static readonly string[] applicantLabels = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"];

    /// <summary>Table 三 of both formats, up to the row where they part; the label carries its heads.</summary>
    static readonly (string Code, string Label)[] requestRows =
    [
        ("received", "一、本年新收政府信息公开申请数量"),
        ("carriedIn", "二、上年结转政府信息公开申请数量"),
        ("granted", "三、本年度办理结果|（一）予以公开"),
        ("partlyGranted", "三、本年度办理结果|（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
        ("refused.stateSecret", "三、本年度办理结果|（三）不予公开|1.属于国家秘密"),
        ("refused.prohibitedByLaw", "三、本年度办理结果|（三）不予公开|2.其他法律行政法规禁止公开"),
        ("refused.securityAndStability", "三、本年度办理结果|（三）不予公开|3.危及“三安全一稳定”"),
        ("refused.thirdPartyRights", "三、本年度办理结果|（三）不予公开|4.保护第三方合法权益"),
        ("refused.internalAffairs", "三、本年度办理结果|（三）不予公开|5.属于三类内部事务信息"),
        ("refused.processInformation", "三、本年度办理结果|（三）不予公开|6.属于四类过程性信息"),
        ("refused.enforcementFile", "三、本年度办理结果|（三）不予公开|7.属于行政执法案卷"),
        ("refused.administrativeEnquiry", "三、本年度办理结果|（三）不予公开|8.属于行政查询事项"),
        ("unavailable.notHeld", "三、本年度办理结果|（四）无法提供|1.本机关不掌握相关政府信息"),
        ("unavailable.needsCreation", "三、本年度办理结果|（四）无法提供|2.没有现成信息需要另行制作"),
        ("unavailable.unclearAfterCorrection", "三、本年度办理结果|（四）无法提供|3.补正后申请内容仍不明确"),
        ("notProcessed.petition", "三、本年度办理结果|（五）不予处理|1.信访举报投诉类申请"),
        ("notProcessed.repeated", "三、本年度办理结果|（五）不予处理|2.重复申请"),
        ("notProcessed.publication", "三、本年度办理结果|（五）不予处理|3.要求提供公开出版物"),
        ("notProcessed.excessive", "三、本年度办理结果|（五）不予处理|4.无正当理由大量反复申请"),
        ("notProcessed.reconfirmation", "三、本年度办理结果|（五）不予处理|5.要求行政机关确认或重新出具已获取信息"),
    ];

    static readonly (string Code, string Label)[] otherOutcome2019 = [("otherOutcome", "三、本年度办理结果|（六）其他处理")];

    static readonly (string Code, string Label)[] otherOutcome2021 =
    [
        ("otherOutcome.notCorrected", "三、本年度办理结果|（六）其他处理|1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
        ("otherOutcome.feeUnpaid", "三、本年度办理结果|（六）其他处理|2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
        ("otherOutcome.other", "三、本年度办理结果|（六）其他处理|3.其他"),
    ];

    static readonly (string Code, string Label)[] requestRowsEnd =
    [
        ("total", "三、本年度办理结果|（七）总计"),
        ("carriedOut", "四、结转下年度继续办理"),
    ];

    static readonly (string Code, string Label)[] reviewRows =
    [
        ("reconsideration", "行政复议"),
        ("litigationDirect", "行政诉讼|未经复议直接起诉"),
        ("litigationAfterReconsideration", "行政诉讼|复议后起诉"),
    ];

    static readonly (string Code, string Label)[] resultColumns =
        [("upheld", "结果维持"), ("corrected", "结果纠正"), ("otherResult", "其他结果"), ("pending", "尚未审结"), ("total", "总计")];

    /// <summary>Table 二: item of article 20, row, label, then each column with its label.</summary>
    static readonly string[] disclosure2019 =
    [
        "第二十条第（一）项 rules 规章 created=本年新制作数量 disclosed=本年新公开数量 disclosedTotal=对外公开总数量",
        "第二十条第（一）项 normativeDocuments 规范性文件 created=本年新制作数量 disclosed=本年新公开数量 disclosedTotal=对外公开总数量",
        "第二十条第（五）项 licences 行政许可 previousItems=上一年项目数量 change=本年增/减 decisions=处理决定数量",
        "第二十条第（五）项 otherServices 其他对外管理服务事项 previousItems=上一年项目数量 change=本年增/减 decisions=处理决定数量",
        "第二十条第（六）项 penalties 行政处罚 previousItems=上一年项目数量 change=本年增/减 decisions=处理决定数量",
        "第二十条第（六）项 coerciveMeasures 行政强制 previousItems=上一年项目数量 change=本年增/减 decisions=处理决定数量",
        "第二十条第（八）项 fees 行政事业性收费 previousItems=上一年项目数量 change=本年增/减",
        "第二十条第（九）项 procurement 政府集中采购 items=采购项目数量 amount=采购总金额",
    ];

    static readonly string[] disclosure2021 =
    [
        "第二十条第（一）项 rules 规章 issued=本年制发件数 repealed=本年废止件数 inForce=现行有效件数",
        "第二十条第（一）项 normativeDocuments 行政规范性文件 issued=本年制发件数 repealed=本年废止件数 inForce=现行有效件数",
        "第二十条第（五）项 licences 行政许可 decisions=本年处理决定数量",
        "第二十条第（六）项 penalties 行政处罚 decisions=本年处理决定数量",
        "第二十条第（六）项 coerciveMeasures 行政强制 decisions=本年处理决定数量",
        "第二十条第（八）项 fees 行政事业性收费 amount=本年收费金额（单位：万元）",
    ];

    public static TheoryData<string> Codes => ["2019", "2021"];

    [Theory]
    [InlineData("2019", 198)]
    [InlineData("2021", 200)]
    public void A_form_has_as_many_cells_as_the_statutory_format(string code, int cells)
    {
        Form.Find(code)!.Cells.Length.ShouldBe(cells);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Cells_stand_in_print_order_with_the_paths_of_the_contract(string code)
    {
        string[] expected =
        [
            .. Disclosure(code).Select(line => line.Split(' ')).SelectMany(line => line[3..].Select(c => $"disclosure.{line[1]}.{c.Split('=')[0]}")),
            .. RequestRows(code).SelectMany(row => applicants.Select(applicant => $"requests.{row.Code}.{applicant}")),
            .. reviewRows.SelectMany(row => resultColumns.Select(column => $"review.{row.Code}.{column.Code}")),
        ];

        Form.Find(code)!.Cells.Select(c => c.Path).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_cell_carries_the_labels_of_the_statutory_format(string code)
    {
        string[] expected =
        [
            .. Disclosure(code).Select(line => line.Split(' ')).SelectMany(line => line[3..].Select(c => $"{line[0]}: {line[2]} / {c.Split('=')[1]}")),
            .. RequestRows(code).SelectMany(row => applicantLabels.Select(applicant => $": {row.Label} / {applicant}")),
            .. reviewRows.SelectMany(row => resultColumns.Select(column => $": {row.Label} / {column.Label}")),
        ];

        Form.Find(code)!.Cells.Select(c => $"{c.Table.Title}: {string.Join('|', [.. c.Row.Groups, c.Row.Label])} / {c.Column.Label}").ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void The_five_organisation_columns_share_one_head(string code)
    {
        var columns = Form.Find(code)!.Sections.Single(s => s.Code == "requests").Tables.Single().Columns;

        columns.Where(c => c.Group == "法人或其他组织").Select(c => c.Code).ShouldBe(["business", "research", "publicWelfare", "legalService", "other"]);
        columns.Where(c => c.Group is null).Select(c => c.Code).ShouldBe(["naturalPerson", "total"]);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_cell_knows_its_place(string code)
    {
        var form = Form.Find(code)!;

        form.Cells.Select(c => c.Index).ShouldBe(Enumerable.Range(0, form.Cells.Length));
        form.Cells.ShouldAllBe(c => form.FindCell(c.Path) == c);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void The_six_sections_stand_in_order(string code)
    {
        var form = Form.Find(code)!;

        form.Sections.Select(s => $"{s.Code} {s.Heading}").ShouldBe(
        [
            "overview 一、总体情况",
            "disclosure 二、主动公开政府信息情况",
            "requests 三、收到和处理政府信息公开申请情况",
            "review 四、政府信息公开行政复议、行政诉讼情况",
            "problems 五、存在的主要问题及改进情况",
            "other 六、其他需要报告的事项",
        ]);
        form.Prose.Select(s => s.Code).ShouldBe(["overview", "problems", "other"]);
        form.Sections[0].Topics.ShouldBe(["主动公开", "依申请公开", "政府信息管理", "政府信息公开平台建设", "监督保障"]);
    }

    [Fact]
    public void Only_money_is_an_amount_and_only_a_difference_may_be_negative()
    {
        Form.All.SelectMany(f => f.Cells.Where(c => c.Column.Type != ColumnType.Count).Select(c => $"{f.Code} {c.Path} {c.Column.Type} {c.Column.Unit}")).ShouldBe(
        [
            "2019 disclosure.licences.change Change 项",
            "2019 disclosure.otherServices.change Change 项",
            "2019 disclosure.penalties.change Change 项",
            "2019 disclosure.coerciveMeasures.change Change 项",
            "2019 disclosure.fees.change Change 项",
            "2019 disclosure.procurement.amount Amount 万元",
            "2021 disclosure.fees.amount Amount 万元",
        ]);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void The_rules_of_the_domain_are_there_with_words_and_a_source(string code)
    {
        var rules = Form.Find(code)!.Rules;

        string[] acrossYears = code == "2019" ? ["X1 Warning"] : ["X1 Warning", "X2 Warning"];
        rules.Select(r => $"{r.Code} {r.Kind}").Order(StringComparer.Ordinal)
            .ShouldBe(["DUP Warning", "F Hard", "H1 Hard", "N Hard", "NAR Warning", "OUT Notice", "R Hard", "T4 Hard", "TX Warning", "V1 Hard", "V2 Hard", .. acrossYears]);
        rules.Where(r => r.Text.Length < 10).ShouldBeEmpty();
        rules.Where(r => r.Kind == Severity.Hard && !r.Source.Contains('〔') && !r.Source.Contains('《')).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_cell_is_read_by_a_rule_and_every_cell_of_tables_three_and_four_by_an_equation(string code)
    {
        var form = Form.Find(code)!;
        var single = form.Values.SelectMany(v => v.Cells).ToHashSet();
        var balanced = form.Balances.SelectMany(b => b.Expected.Concat(b.Found)).ToHashSet();

        form.Cells.Where(c => !single.Contains(c)).Select(c => c.Path).ShouldBeEmpty();
        form.Cells.Where(c => c.Section.Code is "requests" or "review" && !balanced.Contains(c)).Select(c => c.Path).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Rules_of_value_and_zero_read_the_cells_that_they_are_about(string code)
    {
        var form = Form.Find(code)!;

        form.Values.Single().Rule.Code.ShouldBe("N");
        form.Values.Single().Cells.ShouldBe(form.Cells);
        form.Zeros.Single().Rule.Code.ShouldBe("R");
        form.Zeros.Single().Cells.ShouldBe(form.Cells.Where(c => c.Row.Label == "规章"));
        form.RuleOf(CheckType.Form)!.Code.ShouldBe("F");
    }

    [Theory]
    [InlineData(2018, null)]
    [InlineData(2019, "2019")]
    [InlineData(2020, "2019")]
    [InlineData(2021, "2021")]
    [InlineData(2099, "2021")]
    public void The_format_in_force_follows_from_the_report_year(int year, string? code)
    {
        Form.ForYear(year)?.Code.ShouldBe(code);
        (Form.ForYear(year) is null).ShouldBe(code is null);
    }

    [Fact]
    public void A_form_is_found_by_its_code_only()
    {
        Form.Find("2019").ShouldBe(Form.All[0]);
        Form.Find("2021").ShouldBe(Form.All[1]);
        Form.Find("2020").ShouldBeNull();
        Form.Find("").ShouldBeNull();
        Form.Find(null).ShouldBeNull();
    }

    [Theory]
    [InlineData("requests")]
    [InlineData("requests.received")]
    [InlineData("requests.received.total.")]
    [InlineData("Requests.received.total")]
    [InlineData("requests.otherOutcome.total")]
    [InlineData("")]
    public void A_path_that_is_not_a_cell_finds_nothing(string path)
    {
        Form.Find("2021")!.FindCell(path).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void The_form_file_holds_no_member_that_the_program_ignores(string code)
    {
        // A misspelt "levels" or "eachRowOf" would otherwise switch a rule off in silence; the loader refuses unknown members.
        using var file = typeof(Form).Assembly.GetManifestResourceStream($"Forms.{code}.json")!;
        var json = new StreamReader(file).ReadToEnd();
        var fileType = typeof(Form).Assembly.GetType("Aggregator.Forms.FormFile")!;
        var context = (System.Text.Json.Serialization.JsonSerializerContext)typeof(Form).Assembly.GetType("Aggregator.Forms.FormFileJson")!
            .GetProperty("Default", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

        JsonSerializer.Deserialize(json, fileType, context).ShouldNotBeNull();
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(json.Replace("\"levels\"", "\"level\"", StringComparison.Ordinal), fileType, context));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(json.Replace("\"balance\"", "\"balanced\"", StringComparison.Ordinal), fileType, context));
    }

    static string[] Disclosure(string code) => code == "2019" ? disclosure2019 : disclosure2021;

    static (string Code, string Label)[] RequestRows(string code) =>
        [.. requestRows, .. code == "2019" ? otherOutcome2019 : otherOutcome2021, .. requestRowsEnd];
}
