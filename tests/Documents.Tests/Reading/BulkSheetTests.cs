using System.Text;
using Aggregator.Documents.Reading;
using Aggregator.Forms;
using Aggregator.Submissions;
using Aggregator.Testing;

namespace Aggregator.Documents.Tests.Reading;

public class BulkSheetTests
{
    const string Csv = "text/csv";
    const string Unit = "360922201";
    const string Penalties = "disclosure.penalties.decisions";

    static readonly Form form2021 = Form.Find("2021")!;

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void A_row_is_the_report_that_the_unit_would_have_sent(string form) => Seeded.Run(20, random =>
    {
        var report = RandomReport.Consistent(form, random);

        var row = Read(Sheet.Csv(form, Sheet.Row(Unit, report, ("name", "马步乡"), ("filedAt", "2022-01-20T10:12:00+08:00")))).Rows.ShouldHaveSingleItem();

        row.Errors.ShouldBeEmpty();
        (row.Row, row.Unit, row.Name).ShouldBe((2, Unit, "马步乡"));
        row.Submission!.Figures.Values.ShouldBe(report.Figures.Values);
        row.Submission.Prose.ShouldBe(["总体情况正文，含“引号”、逗号, 和\n换行。", "问题与改进。", null]);
        row.Submission.PublishedAt.ShouldBe(new DateOnly(2022, 1, 20));
        row.Submission.PublishedUrl.ShouldBeNull();
        row.Submission.FiledAt.ShouldBe(new DateTimeOffset(2022, 1, 20, 2, 12, 0, TimeSpan.Zero));

        // The body that is kept is read like any other and says the same.
        SubmissionReader.Read(row.Submission.Body).Value!.Figures.Values.ShouldBe(report.Figures.Values);
    });

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    public void Any_of_three_separators_is_found(char separator)
    {
        var file = Sheet.Csv([Sheet.Head("2021"), Sheet.Row(Unit, RealReports.Mabu2021)], separator);

        Read(file).Rows.Single().Submission!.Figures.Values.ShouldBe(RealReports.Mabu2021.Figures.Values);
        Read([.. Encoding.UTF8.Preamble, .. file]).Rows.Single().Submission.ShouldNotBeNull();
    }

    [Fact]
    public void Columns_may_stand_in_any_order_and_only_figures_and_unit_are_needed()
    {
        string[] head = [.. form2021.Cells.Reverse().Select(c => c.Path), "unit"];

        var row = Read(Sheet.Csv([head, [.. form2021.Cells.Reverse().Select(c => c.Path == Penalties ? "1" : "0"), Unit]])).Rows.Single();

        row.Name.ShouldBeNull();
        row.Submission!.Figures.Values.ShouldBe(RealReports.Mabu2021.Figures.Values);
    }

    [Theory]
    [InlineData("1,234", "，请去掉千分位逗号")]
    [InlineData("１２", "，请改用半角数字")]
    [InlineData("０", "，请改用半角数字")]
    [InlineData("/", "；没有的请填 0")]
    [InlineData("—", "；没有的请填 0")]
    [InlineData("无", "；没有的请填 0")]
    [InlineData(" 1", "，请去掉前后的空格")]
    [InlineData("1\n", "，请去掉前后的空格")]
    [InlineData("2.7642E+07", "，请不要用科学记数法")]
    [InlineData("55（含自然失效29件）", "，请只填数字，说明写在文字部分")]
    [InlineData("251000元", "")]
    [InlineData("1 2", "")]
    [InlineData("+5", "")]
    [InlineData("--5", "")]
    [InlineData("5.", "")]
    [InlineData(".5", "")]
    [InlineData("0x10", "")]
    [InlineData("٣", "")]
    [InlineData("②", "")]
    [InlineData("一", "")]
    [InlineData("NaN", "")]
    [InlineData("TRUE", "")]
    [InlineData("=1+1", "")]
    [InlineData("1\u200B", "")]
    public void What_is_not_a_plain_number_is_refused_with_its_text_and_place(string text, string hint)
    {
        var sheet = Read(Sheet.Csv("2021", Sheet.Row(Unit, RealReports.Mabu2021), Sheet.Row("360922202", RealReports.Mabu2021, (Penalties, text))));

        sheet.Rows[0].Submission.ShouldNotBeNull();
        sheet.Rows[1].Submission.ShouldBeNull();
        var error = sheet.Rows[1].Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe("not_a_number");
        error.Path.ShouldBe(Penalties);
        error.Detail.ShouldContain($"“{text.Replace('\n', '\uFFFD')}”不是数字{hint}");

        // After unit, name, six cells of rules and documents, and licences.
        sheet.Locate(3, error).Cell.ShouldBe("J3");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\u3000\u00A0")]
    public void A_blank_cell_is_missing_and_not_zero(string text) =>
        Read(Sheet.Csv("2021", Sheet.Row(Unit, RealReports.Mabu2021, (Penalties, text)))).Rows.Single()
            .Submission!.Figures[form2021.FindCell(Penalties)!].ShouldBeNull();

    [Theory]
    [InlineData("999999999999999", null)]
    [InlineData("007", null)]
    [InlineData("-3", null)]
    [InlineData("1.5", null)]
    [InlineData("1000000000000000", "number_out_of_range")]
    [InlineData("1234567890123456789012345678901234567890", "number_out_of_range")]
    [InlineData("0.1234567890123456789012345678901", "number_out_of_range")]
    public void A_number_is_kept_exactly_or_refused(string text, string? code)
    {
        var row = Read(Sheet.Csv("2021", Sheet.Row(Unit, RealReports.Mabu2021, (Penalties, text)))).Rows.Single();

        row.Errors.Select(e => e.Code).ShouldBe(code is null ? [] : [code]);
        if (code is null)
        {
            row.Submission!.Figures[form2021.FindCell(Penalties)!].ShouldBe(decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [InlineData("publishedAt", "2022/1/20", null)]
    [InlineData("publishedAt", "20.1.2022", "invalid_date")]
    [InlineData("publishedAt", "1/2/2022", "invalid_date")]
    [InlineData("publishedUrl", "www.example.gov.cn", "invalid_url")]
    [InlineData("filedAt", "2022-01-20", "invalid_instant")]
    [InlineData("overview", "\0", "invalid_text")]
    [InlineData("unit", "", "missing_unit")]
    [InlineData("unit", "马步乡", "invalid_unit")]
    [InlineData("unit", "360922201 ", "invalid_unit")]
    [InlineData("unit", "\0", "invalid_unit")]
    public void The_other_columns_are_read_as_in_a_submission(string column, string text, string? code)
    {
        var sheet = Read(Sheet.Csv("2021", Sheet.Row(Unit, RealReports.Mabu2021, (column, text))));

        sheet.Rows.Single().Errors.Select(e => sheet.Locate(2, e).Error).Select(e => (e.Path, e.Code)).ShouldContain(
            e => e.Path == column && (e.Code == code || code == "invalid_unit" && e.Code == "invalid_text"), code is null ? 0 : 1);
        (sheet.Rows.Single().Submission is null).ShouldBe(code is not null);
    }

    [Fact]
    public void Rows_are_numbered_as_a_spreadsheet_numbers_them()
    {
        var file = Encoding.UTF8.GetString(Sheet.Csv("2021", Sheet.Row(Unit, RealReports.Mabu2021, ("overview", "一\r\n二\r\n三")), [""],
            [.. Sheet.Head("2021").Select(_ => "")], Sheet.Row("360922202", RealReports.Mabu2021)));

        Read(Encoding.UTF8.GetBytes(file)).Rows.Select(r => r.Row).ShouldBe([2, 5], "a line break in quotes is no row, a blank line is one");
    }

    [Fact]
    public void A_row_of_labels_is_skipped_whether_it_is_there_or_not()
    {
        string[] labels = ["单位代码", .. Sheet.Head("2021")[1..]];

        Read(Sheet.Csv("2021", labels, Sheet.Row(Unit, RealReports.Mabu2021))).Rows.Single().Row.ShouldBe(3);
        Read(Sheet.Csv("2021", Sheet.Row(Unit, RealReports.Mabu2021), labels)).Rows[1].Errors.ShouldNotBeEmpty("below the data it is no label");
    }

    [Fact]
    public void A_unit_that_stands_there_twice_is_refused_in_every_place()
    {
        var rows = Read(Sheet.Csv("2021", Sheet.Row(Unit, Report.Zero("2021")), Sheet.Row("360922202", Report.Zero("2021")), Sheet.Row(Unit, Report.Zero("2021")))).Rows;

        rows.Select(r => r.Submission is null).ShouldBe([true, false, true]);
        rows[0].Errors.Single().Detail.ShouldBe($"“{Unit}”在第 4 行又出现，不知道以哪一行为准");
    }

    [Fact]
    public void A_row_without_any_figure_is_no_report() =>
        Read(Sheet.Csv("2021", Sheet.Row(Unit, Report.Blank("2021"), ("overview", ""), ("problems", "")))).Rows.Single()
            .Errors.Single().Code.ShouldBe("empty_row");

    [Fact]
    public void A_thousands_separator_without_quotes_shifts_the_row_and_refuses_it()
    {
        var fields = Sheet.Row(Unit, RealReports.Mabu2021, ("overview", ""), (Penalties, "1,234"));

        var row = Read(Encoding.UTF8.GetBytes($"{string.Join(',', Sheet.Head("2021"))}\n{string.Join(',', fields)}\n")).Rows.Single();

        row.Submission.ShouldBeNull();
        row.Errors.Single().Code.ShouldBe("too_many_fields");
    }

    [Fact]
    public void The_columns_say_which_form_it_is()
    {
        Read(Sheet.Csv("2019", Sheet.Row(Unit, Report.Zero("2019")))).Form.Code.ShouldBe("2019");
        Read(Sheet.Csv("2019", Sheet.Row(Unit, Report.Zero("2019")))).Rows.Single().Submission!.Figures.Form.Code.ShouldBe("2019");
    }

    [Fact]
    public void Columns_that_are_unknown_missing_twice_or_unnamed_are_named()
    {
        string[] head = [.. Sheet.Head("2021")];
        (head[2], head[5], head[^1]) = ("disclosure.rules.isued", head[4], "");

        var refusal = Refused(Sheet.Csv([head, Sheet.Row(Unit, Report.Zero("2021"), ("filedAt", "x"))]));

        refusal.Code.ShouldBe("invalid_columns");
        refusal.Errors.Select(e => (e.Path, e.Code)).ShouldBe(
        [
            ("C1", "unknown_column"), ("F1", "duplicate_column"), (Sheet.Letters(head.Length - 1) + "1", "unnamed_column"),
            ("disclosure.rules.issued", "missing_column"), ("disclosure.normativeDocuments.issued", "missing_column"),
        ]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData("\r\n\r\n")]
    [InlineData(",,,\n,,,\n")]
    public void A_file_with_nothing_in_it_is_refused(string text) => Refused(Encoding.UTF8.GetBytes(text)).Code.ShouldBe("empty_file");

    [Theory]
    [InlineData("单位代码,单位名称")]
    [InlineData("hello")]
    [InlineData("{unit:360922201}")]
    public void Without_a_head_the_template_is_pointed_at(string text)
    {
        var refusal = Refused(Encoding.UTF8.GetBytes(text));

        refusal.Code.ShouldBe("invalid_columns");
        refusal.Errors.Single().Code.ShouldBe("missing_column");
        refusal.Detail.ShouldContain("下载批量报送模板");
    }

    [Fact]
    public void A_head_alone_is_refused() => Refused(Sheet.Csv("2021", ["单位代码"])).Code.ShouldBe("no_rows");

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    [InlineData(10_000, false)]
    public void A_sheet_has_at_most_500_rows(int rows, bool taken)
    {
        var file = Sheet.Csv("2021", [.. Enumerable.Range(0, rows).Select(i => new[] { $"360922-u{i}" })]);

        BulkSheet.Read(file, Csv, form2021).Refusal?.Code.ShouldBe("too_many_rows");
        (BulkSheet.Read(file, Csv, form2021).Value?.Rows.Length).ShouldBe(taken ? rows : null);
    }

    [Fact]
    public void A_line_of_a_million_commas_is_refused() =>
        Refused(Encoding.UTF8.GetBytes(new string(',', 1_000_000) + "x")).Code.ShouldBe("too_many_columns");

    [Fact]
    public void Quotes_that_do_not_match_are_refused_with_their_line()
    {
        var refusal = Refused([.. Sheet.Csv("2021", Sheet.Row(Unit, Report.Zero("2021"), ("overview", ""))), .. "360922202,\"never closed\n1,2\n3"u8]);

        refusal.Code.ShouldBe("invalid_csv");
        refusal.Detail.ShouldStartWith("文件第 3 行起");
        Refused([.. Sheet.Csv("2021"), .. "360922202,a\"b"u8]).Code.ShouldBe("invalid_csv");
    }

    [Fact]
    public void Gbk_and_utf_16_are_refused_with_the_way_out()
    {
        byte[] gbk = [.. Encoding.ASCII.GetBytes("unit,name\r\n360922201,"), 0xC2, 0xED, 0xB2, 0xBD, 0xCF, 0xE7]; // 马步乡

        Refused(gbk).Code.ShouldBe("invalid_utf8");
        Refused(gbk).Detail.ShouldContain("CSV UTF-8");
        Refused([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("unit\t")]).Code.ShouldBe("invalid_utf8");
    }

    [Fact]
    public void An_Excel_file_that_calls_itself_csv_is_told_so() => Refused(Sheet.Excel("")).Code.ShouldBe("not_csv");

    static BulkSheet Read(byte[] file)
    {
        var outcome = BulkSheet.Read(file, Csv, form2021);
        outcome.Refusal.ShouldBeNull(outcome.Refusal?.Detail);
        return outcome.Value!;
    }

    static Refusal Refused(byte[] file) => BulkSheet.Read(file, Csv, form2021).Refusal.ShouldNotBeNull();
}
