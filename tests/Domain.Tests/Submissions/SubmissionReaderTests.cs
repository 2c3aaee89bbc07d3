using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aggregator.Forms;
using Aggregator.Submissions;
using Aggregator.Testing;

namespace Aggregator.Domain.Tests.Submissions;

public sealed class SubmissionReaderTests
{
    /// <summary>A complete correct body on one line. Most tests change one place of it.</summary>
    static readonly string valid = Report.Zero("2021")
        .WithRow("disclosure.normativeDocuments", 9, 0, 38)
        .With("disclosure.penalties.decisions", 1)
        .With("disclosure.fees.amount", 59237.2449m)
        .WithRow("requests.received", 2, 0, 0, 0, 0, 0, 2)
        .ToText("360922201");

    static readonly HashSet<string> refusalCodes =
        ["empty_body", "byte_order_mark", "invalid_utf8", "invalid_json", "too_deep", "unknown_form", "invalid_body"];

    static readonly HashSet<string> errorCodes =
    [
        "unknown_form", "missing_member", "unknown_member", "duplicate_member", "wrong_type", "number_as_text", "number_out_of_range",
        "invalid_text", "text_too_long", "invalid_unit", "invalid_date", "invalid_instant", "invalid_url",
    ];

    const string Penalties = "\"penalties\":{\"decisions\":1}";
    const string Amount = "\"amount\":\"59237.2449\"";
    const string Overview = "\"overview\":\"总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。\"";

    [Fact]
    public void A_complete_body_is_read_as_it_stands()
    {
        var body = Encoding.UTF8.GetBytes(Change("\"publishedUrl\"", "\"filedAt\":\"2022-01-20T10:12:00+08:00\",\"publishedUrl\""));

        var submission = Accepted(body);

        submission.Unit.ShouldBe("360922201");
        submission.Figures.Form.Code.ShouldBe("2021");
        Number(submission, "disclosure.normativeDocuments.inForce").ShouldBe(38);
        Number(submission, "disclosure.fees.amount").ShouldBe(59237.2449m);
        Number(submission, "review.litigationAfterReconsideration.total").ShouldBe(0);
        submission.Figures.Values.ShouldAllBe(v => v != null);
        submission.Prose.ShouldBe(["总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。", "问题与改进。", "收取信息处理费0元。"]);
        submission.PublishedAt.ShouldBe(new DateOnly(2022, 1, 20));
        submission.PublishedUrl.ShouldBe("https://example.gov.cn/xxgk/2021.html");
        submission.FiledAt.ShouldBe(new DateTimeOffset(2022, 1, 20, 2, 12, 0, TimeSpan.Zero));
        submission.Body.ToArray().ShouldBe(body);
    }

    [Fact]
    public void Members_are_optional_and_what_is_left_out_or_null_is_missing()
    {
        foreach (var body in new[]
        {
            """{"unit":"360922201","form":"2021"}""",
            """{"unit":"360922201","form":"2021","figures":{},"prose":{}}""",
            """{"unit":"360922201","form":"2021","figures":null,"prose":null,"publishedAt":null,"publishedUrl":null,"filedAt":null}""",
            """{"unit":"360922201","form":"2021","figures":{"requests":null,"disclosure":{"fees":null,"penalties":{"decisions":null}}},"prose":{"other":null}}""",
        })
        {
            var submission = Accepted(body);

            submission.Figures.Values.ShouldAllBe(v => v == null);
            submission.Prose.ShouldAllBe(t => t == null);
            (submission.PublishedAt, submission.PublishedUrl, submission.FiledAt).ShouldBe((null, null, null));
        }
    }

    [Theory]
    [InlineData("2019")]
    [InlineData("2021")]
    public void Any_report_is_read_back_whatever_the_order_of_its_members_and_the_space_between_them(string form)
    {
        Seeded.Run(300, random =>
        {
            var report = RandomReport.Consistent(form, random);
            var json = Shuffle(report.ToJson("360922-zfb"), random);
            var text = json.ToJsonString(new JsonSerializerOptions { WriteIndented = random.Next(2) == 0, Encoder = random.Next(2) == 0 ? null : JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

            var submission = Accepted($" \r\n\t{text}\n ");

            submission.Figures.Form.ShouldBe(report.Form);
            submission.Figures.Values.AsSpan().SequenceEqual(report.Figures.Values).ShouldBeTrue();
            submission.Prose[0].ShouldBe("总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。");
        });
    }

    [Fact]
    public void Figures_written_by_the_product_are_read_back()
    {
        Seeded.Run(300, random =>
        {
            var figures = RandomReport.Consistent("2021", random).Figures;

            Accepted($$"""{"unit":"360922201","form":"2021","figures":{{JsonSerializer.Serialize(figures)}}}""").Figures.Values.ShouldBe(figures.Values);
        });
    }

    [Fact]
    public void The_form_may_stand_last_and_decides_all_the_same()
    {
        Number(Accepted("""{"figures":{"disclosure":{"licences":{"change":-3}}},"unit":"360922201","form":"2019"}"""), "disclosure.licences.change").ShouldBe(-3);
    }

    [Theory]
    [InlineData("\"unit\":", "\"\\u0075nit\":")]
    [InlineData("\"form\":\"2021\"", "\"\\u0066orm\":\"20\\u00321\"")]
    [InlineData("\"figures\":", "\"figure\\u0073\":")]
    [InlineData("\"penalties\":", "\"p\\u0065nalties\":")]
    [InlineData("\"decisions\":1}", "\"decision\\u0073\":1}")]
    [InlineData("\"overview\":", "\"\\u006fverview\":")]
    public void An_escaped_member_name_is_the_same_name(string find, string replacement)
    {
        var submission = Accepted(Change(find, replacement));

        submission.Unit.ShouldBe("360922201");
        submission.Figures.Values.ShouldBe(Accepted(valid).Figures.Values);
        submission.Prose.ShouldBe(Accepted(valid).Prose);
    }

    [Theory]

    // Members that the form does not know, at each level.
    [InlineData("{\"unit\"", "{\"Unit\":1,\"unit\"", "unknown_member", "$.Unit")]
    [InlineData("{\"unit\"", "{\"county\":\"360922\",\"unit\"", "unknown_member", "$.county")]
    [InlineData("{\"unit\"", "{\"\":0,\"unit\"", "unknown_member", "$.")]
    [InlineData("{\"unit\"", "{\"x\":{\"figures\":{\"a\":[1,{}]}},\"unit\"", "unknown_member", "$.x")]
    [InlineData("\"disclosure\":{", "\"disclosure\":{\"procurement\":{\"amount\":1},", "unknown_member", "$.figures.disclosure.procurement")]
    [InlineData("\"figures\":{", "\"figures\":{\"other\":[],", "unknown_member", "$.figures.other")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":1,\"change\":0}", "unknown_member", "$.figures.disclosure.penalties.change")]
    [InlineData("\"refused\":{", "\"refused\":{\"total\":0,", "unknown_member", "$.figures.requests.refused.total")]
    [InlineData("\"prose\":{", "\"prose\":{\"disclosure\":\"文字\",", "unknown_member", "$.prose.disclosure")]

    // Members that come twice.
    [InlineData("{\"unit\"", "{\"unit\":\"360922201\",\"unit\"", "duplicate_member", "$.unit")]
    [InlineData("{\"unit\"", "{\"\\u0075nit\":\"360922201\",\"unit\"", "duplicate_member", "$.unit")]
    [InlineData("\"form\":\"2021\"", "\"form\":\"2021\",\"form\":\"2021\"", "duplicate_member", "$.form")]
    [InlineData("\"form\":\"2021\"", "\"form\":\"2019\",\"form\":\"2021\"", "duplicate_member", "$.form")]
    [InlineData("\"prose\":", "\"figures\":{},\"prose\":", "duplicate_member", "$.figures")]
    [InlineData("\"prose\":", "\"prose\":null,\"prose\":", "duplicate_member", "$.prose")]
    [InlineData("\"figures\":{", "\"figures\":{\"disclosure\":{},", "duplicate_member", "$.figures.disclosure")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":1},\"penalties\":{\"decisions\":1}", "duplicate_member", "$.figures.disclosure.penalties")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":1,\"decisions\":1}", "duplicate_member", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":1,\"d\\u0065cisions\":2}", "duplicate_member", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Overview, "\"overview\":\"一\",\"overview\":\"二\"", "duplicate_member", "$.prose.overview")]
    [InlineData("\"publishedAt\":", "\"publishedAt\":null,\"publishedAt\":", "duplicate_member", "$.publishedAt")]

    // Wrong types.
    [InlineData("\"unit\":\"360922201\"", "\"unit\":360922201", "wrong_type", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":[\"360922201\"]", "wrong_type", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":{\"code\":\"360922201\"}", "wrong_type", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":true", "wrong_type", "$.unit")]
    [InlineData("\"form\":\"2021\"", "\"form\":2021", "wrong_type", "$.form")]
    [InlineData(Penalties, "\"penalties\":1", "wrong_type", "$.figures.disclosure.penalties")]
    [InlineData(Penalties, "\"penalties\":\"1\"", "wrong_type", "$.figures.disclosure.penalties")]
    [InlineData(Penalties, "\"penalties\":false", "wrong_type", "$.figures.disclosure.penalties")]
    [InlineData(Penalties, "\"penalties\":[{\"decisions\":1}]", "wrong_type", "$.figures.disclosure.penalties")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":true}", "wrong_type", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":[1]}", "wrong_type", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":{\"value\":1}}", "wrong_type", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Amount, "\"amount\":[]", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":false", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":{}", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Overview, "\"overview\":1", "wrong_type", "$.prose.overview")]
    [InlineData(Overview, "\"overview\":[\"一\"]", "wrong_type", "$.prose.overview")]
    [InlineData(Overview, "\"overview\":{\"text\":\"一\"}", "wrong_type", "$.prose.overview")]
    [InlineData(Overview, "\"overview\":true", "wrong_type", "$.prose.overview")]
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":20220120", "wrong_type", "$.publishedAt")]
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":[]", "wrong_type", "$.publishedAt")]
    [InlineData("\"publishedUrl\":\"https://example.gov.cn/xxgk/2021.html\"", "\"publishedUrl\":{}", "wrong_type", "$.publishedUrl")]
    [InlineData("\"publishedAt\":", "\"filedAt\":1642644720,\"publishedAt\":", "wrong_type", "$.filedAt")]

    // Numbers as text.
    [InlineData(Penalties, "\"penalties\":{\"decisions\":\"1\"}", "number_as_text", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":\"\"}", "number_as_text", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":\"/\"}", "number_as_text", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":\"55（含自然失效29件）\"}", "number_as_text", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":\"NaN\"}", "number_as_text", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":\"\\ud800\"}", "number_as_text", "$.figures.disclosure.penalties.decisions")]

    // Amounts that are not plain decimals.
    [InlineData(Amount, "\"amount\":\"1e5\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"1,000\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\" 1\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"1 \"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"NaN\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"Infinity\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"+1\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"-\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"--1\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\".5\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"5.\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"1.2.3\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"0x10\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"１\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"251000元\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"/\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"1\\u0000\"", "wrong_type", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"\\ud800\"", "wrong_type", "$.figures.disclosure.fees.amount")]

    // Numbers beyond any county, or beyond what is held exactly.
    [InlineData(Penalties, "\"penalties\":{\"decisions\":1e400}", "number_out_of_range", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":1e-400}", "number_out_of_range", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":1e99999999999}", "number_out_of_range", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":1000000000000000}", "number_out_of_range", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":-1000000000000000}", "number_out_of_range", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":1234567890123456}", "number_out_of_range", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":1234567890123456789012345678901234567890}", "number_out_of_range", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":1.000000000000000000000000000000000000001}", "number_out_of_range", "$.figures.disclosure.penalties.decisions")]
    [InlineData(Amount, "\"amount\":\"1234567890123456.5\"", "number_out_of_range", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":\"0.1234567890123456789012345678901234567890\"", "number_out_of_range", "$.figures.disclosure.fees.amount")]
    [InlineData(Amount, "\"amount\":1e300", "number_out_of_range", "$.figures.disclosure.fees.amount")]

    // Texts that cannot be held.
    [InlineData(Overview, "\"overview\":\"一\\u0000二\"", "invalid_text", "$.prose.overview")]
    [InlineData(Overview, "\"overview\":\"\\ud83d\"", "invalid_text", "$.prose.overview")]
    [InlineData(Overview, "\"overview\":\"\\ude00\\ud83d\"", "invalid_text", "$.prose.overview")]
    [InlineData(Overview, "\"overview\":\"\\ud83d\\ud83d\\ude00\"", "invalid_text", "$.prose.overview")]
    [InlineData(Overview, "\"overview\":\"\\ud83d\\n\\ude00\"", "invalid_text", "$.prose.overview")]
    [InlineData(Overview, "\"overview\":\"\\ud83dx\\ude00\"", "invalid_text", "$.prose.overview")]
    [InlineData(Overview, "\"overview\":\"\\\\\\ud83d\"", "invalid_text", "$.prose.overview")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":\"36092220\\ud800\"", "invalid_text", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":\"36092220\\u0000\"", "invalid_text", "$.unit")]
    [InlineData("\"publishedUrl\":\"https://", "\"publishedUrl\":\"https://\\udc00", "invalid_text", "$.publishedUrl")]
    [InlineData("{\"unit\"", "{\"\\ud800\":1,\"unit\"", "unknown_member", "$.?")]
    [InlineData("{\"unit\"", "{\"for\\udc00\":1,\"unit\"", "unknown_member", "$.?")]
    [InlineData("\"figures\":{", "\"figures\":{\"\\ud800disclosure\":1,", "unknown_member", "$.figures.?")]
    [InlineData(Penalties, "\"penalties\":{\"decisions\":1,\"\\udc00ecisions\":1}", "unknown_member", "$.figures.disclosure.penalties.?")]
    [InlineData("\"prose\":{", "\"prose\":{\"overvie\\ud800\":\"\",", "unknown_member", "$.prose.?")]

    // Units.
    [InlineData("\"unit\":\"360922201\",", "", "missing_member", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":null", "invalid_unit", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":\"\"", "invalid_unit", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":\" 360922201\"", "invalid_unit", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":\"360922201\\n\"", "invalid_unit", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":\"360922\"", "invalid_unit", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":\"３６０９２２２０１\"", "invalid_unit", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":\"141029-ZFB\"", "invalid_unit", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":\"141029-\"", "invalid_unit", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":\"360922201'; drop table unit; --\"", "invalid_unit", "$.unit")]
    [InlineData("\"unit\":\"360922201\"", "\"unit\":\"00000000000000000000000000000000000000001\"", "text_too_long", "$.unit")]

    // Dates.
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":\"2022-02-30\"", "invalid_date", "$.publishedAt")]
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":\"2022/1/1\"", "invalid_date", "$.publishedAt")]
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":\"2022-1-1\"", "invalid_date", "$.publishedAt")]
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":\"20-01-2022\"", "invalid_date", "$.publishedAt")]
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":\"2022-01-20T00:00:00\"", "invalid_date", "$.publishedAt")]
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":\" 2022-01-20\"", "invalid_date", "$.publishedAt")]
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":\"２０２２-01-20\"", "invalid_date", "$.publishedAt")]
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":\"2022年1月20日\"", "invalid_date", "$.publishedAt")]
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":\"0001-01-01\"", "invalid_date", "$.publishedAt")]
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":\"9999-12-31\"", "invalid_date", "$.publishedAt")]
    [InlineData("\"publishedAt\":\"2022-01-20\"", "\"publishedAt\":\"\"", "invalid_date", "$.publishedAt")]
    [InlineData("\"publishedAt\":", "\"filedAt\":\"2022-01-20T10:12:00\",\"publishedAt\":", "invalid_instant", "$.filedAt")]
    [InlineData("\"publishedAt\":", "\"filedAt\":\"2022-01-20\",\"publishedAt\":", "invalid_instant", "$.filedAt")]
    [InlineData("\"publishedAt\":", "\"filedAt\":\"2022-01-20 10:12:00+08:00\",\"publishedAt\":", "invalid_instant", "$.filedAt")]
    [InlineData("\"publishedAt\":", "\"filedAt\":\"2022-01-20T25:12:00+08:00\",\"publishedAt\":", "invalid_instant", "$.filedAt")]
    [InlineData("\"publishedAt\":", "\"filedAt\":\"2022-01-20T10:12:00+25:00\",\"publishedAt\":", "invalid_instant", "$.filedAt")]
    [InlineData("\"publishedAt\":", "\"filedAt\":\"2022-02-30T10:12:00Z\",\"publishedAt\":", "invalid_instant", "$.filedAt")]
    [InlineData("\"publishedAt\":", "\"filedAt\":\"0001-01-01T00:00:00+14:00\",\"publishedAt\":", "invalid_instant", "$.filedAt")]
    [InlineData("\"publishedAt\":", "\"filedAt\":\"9999-12-31T23:59:59-14:00\",\"publishedAt\":", "invalid_instant", "$.filedAt")]
    [InlineData("\"publishedAt\":", "\"filedAt\":\"now\",\"publishedAt\":", "invalid_instant", "$.filedAt")]

    // Addresses.
    [InlineData("https://example.gov.cn/xxgk/2021.html", "javascript:alert(1)", "invalid_url", "$.publishedUrl")]
    [InlineData("https://example.gov.cn/xxgk/2021.html", "JaVaScRiPt:alert(1)", "invalid_url", "$.publishedUrl")]
    [InlineData("https://example.gov.cn/xxgk/2021.html", "data:text/html,x", "invalid_url", "$.publishedUrl")]
    [InlineData("https://example.gov.cn/xxgk/2021.html", "file:///etc/passwd", "invalid_url", "$.publishedUrl")]
    [InlineData("https://example.gov.cn/xxgk/2021.html", "ftp://example.gov.cn/", "invalid_url", "$.publishedUrl")]
    [InlineData("https://example.gov.cn/xxgk/2021.html", "www.example.gov.cn", "invalid_url", "$.publishedUrl")]
    [InlineData("https://example.gov.cn/xxgk/2021.html", "/xxgk/2021.html", "invalid_url", "$.publishedUrl")]
    [InlineData("https://example.gov.cn/xxgk/2021.html", "http://", "invalid_url", "$.publishedUrl")]
    [InlineData("https://example.gov.cn/xxgk/2021.html", "", "invalid_url", "$.publishedUrl")]
    [InlineData("https://example.gov.cn/xxgk/2021.html", " https://example.gov.cn/", "invalid_url", "$.publishedUrl")]
    [InlineData("https://example.gov.cn/xxgk/2021.html", "https://example.gov.cn/\\r\\nSet-Cookie: a=b", "invalid_url", "$.publishedUrl")]
    public void One_wrong_place_is_refused_with_its_path(string find, string replacement, string code, string path)
    {
        var refusal = Refused(Change(find, replacement));

        refusal.Code.ShouldBe("invalid_body");
        var error = refusal.Errors.ShouldHaveSingleItem();
        (error.Code, error.Path).ShouldBe((code, path));
        refusal.Detail.ShouldBe($"{error.Detail}。");
    }

    [Theory]
    [InlineData("$.figures.requests.received.total", "requests.received.total")]
    [InlineData("$.figures.requests.refused.stateSecret.naturalPerson", "requests.refused.stateSecret.naturalPerson")]
    [InlineData("$.figures.review.litigationDirect.pending", "review.litigationDirect.pending")]
    public void A_cell_is_named_by_its_JSON_path_and_in_words(string jsonPath, string cellPath)
    {
        var json = Report.Zero("2021").ToJson("360922201");
        var segments = cellPath.Split('.');
        segments[..^1].Aggregate(json["figures"]!, (node, segment) => node[segment]!)[segments[^1]] = "两件";

        var error = Refused(json.ToJsonString()).Errors.ShouldHaveSingleItem();

        (error.Path, error.Code).ShouldBe((jsonPath, "number_as_text"));
        error.Detail.ShouldBe($"{Form.Find("2021")!.FindCell(cellPath)!.Name}：应为数字，收到的是文字“两件”，请去掉引号");
    }

    [Fact]
    public void Every_cell_of_both_forms_is_refused_at_its_own_path()
    {
        foreach (var form in Form.All)
        {
            foreach (var cell in form.Cells)
            {
                var json = Report.Zero(form.Code).ToJson("360922201");
                var segments = cell.Path.Split('.');
                segments[..^1].Aggregate(json["figures"]!, (node, segment) => node[segment]!)[segments[^1]] = true;

                Refused(json.ToJsonString()).Errors.ShouldHaveSingleItem().Path.ShouldBe($"$.figures.{cell.Path}");
            }
        }
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("0e0", "0")]
    [InlineData("0e15", "0")]
    [InlineData("1.0", "1")]
    [InlineData("1e2", "100")]
    [InlineData("1E+2", "100")]
    [InlineData("1.5e1", "15")]
    [InlineData("200e-2", "2")]
    [InlineData("12345678901234e0", "12345678901234")]
    [InlineData("1e14", "100000000000000")]
    [InlineData("27642000", "27642000")]
    [InlineData("4294967296", "4294967296")]
    [InlineData("999999999999999", "999999999999999")]
    [InlineData("-5", "-5")]
    [InlineData("0.5", "0.5")]
    [InlineData("0.0001234567890123456789", "0.0001234567890123456789")]
    [InlineData("15e-1", "1.5")]
    public void A_number_in_any_JSON_notation_is_read_exactly_and_its_rules_are_left_to_the_checks(string json, string number)
    {
        var value = Number(Accepted(Change(Penalties, $"\"penalties\":{{\"decisions\":{json}}}")), "disclosure.penalties.decisions");

        value.ShouldBe(decimal.Parse(number, CultureInfo.InvariantCulture));
        Figures.Text(value).ShouldBe(number);
    }

    [Theory]
    [InlineData("\"59237.2449\"", "59237.2449")]
    [InlineData("59237.2449", "59237.2449")]
    [InlineData("\"0\"", "0")]
    [InlineData("\"007.50\"", "7.5")]
    [InlineData("\"-1.5\"", "-1.5")]
    [InlineData("\"1.23456\"", "1.23456")]
    [InlineData("\"999999999999999.9999\"", null)]
    [InlineData("\"999999999999998.9999\"", "999999999999998.9999")]
    [InlineData("0.1", "0.1")]
    [InlineData("5.92372449e4", "59237.2449")]
    public void An_amount_is_an_exact_decimal_as_text_or_number(string json, string? number)
    {
        var body = Change(Amount, $"\"amount\":{json}");
        if (number is null)
        {
            Refused(body).Errors.ShouldHaveSingleItem().Code.ShouldBe("number_out_of_range");
            return;
        }

        Figures.Text(Number(Accepted(body), "disclosure.fees.amount")).ShouldBe(number);
    }

    [Fact]
    public void A_number_of_any_length_is_read_exactly_or_refused_never_rounded()
    {
        var accepted = 0;
        Seeded.Run(5_000, random =>
        {
            var sign = random.Next(4) == 0 ? "-" : "";
            var whole = random.Next(3) == 0 ? "0" : $"{random.Next(1, 10)}{Digits(random, random.Next(random.Next(2) == 0 ? 6 : 40))}";
            var fraction = random.Next(2) == 0 ? "" : Digits(random, random.Next(1, random.Next(2) == 0 ? 6 : 40));
            var exponent = random.Next(2) == 0 ? 0 : random.Next(-30, 31);
            var text = $"{sign}{whole}{(fraction.Length == 0 ? "" : ".")}{fraction}{(exponent == 0 ? "" : $"e{exponent}")}";

            var outcome = SubmissionReader.Read(Encoding.UTF8.GetBytes(Change(Penalties, $"\"penalties\":{{\"decisions\":{text}}}")));

            if (!outcome.Is(out var submission, out var refusal))
            {
                refusal.Errors.ShouldHaveSingleItem().Code.ShouldBe("number_out_of_range", text);
                return;
            }

            // Independent of any decimal parsing: mantissa and power of ten as whole numbers.
            accepted++;
            var value = Number(submission, "disclosure.penalties.decisions")!.Value;
            Scaled(new BigInteger(value * Power(value.Scale)), -value.Scale).ShouldBe(Scaled(BigInteger.Parse(sign + whole + fraction, CultureInfo.InvariantCulture), exponent - fraction.Length), text);
        });
        accepted.ShouldBeGreaterThan(1_000);

        static BigInteger Scaled(BigInteger mantissa, int exponent) => mantissa * BigInteger.Pow(10, exponent + 100);
        static decimal Power(int exponent) => Enumerable.Range(0, exponent).Aggregate(1m, (power, _) => power * 10);
        static string Digits(Random random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)('0' + random.Next(10))));
    }

    [Theory]
    [InlineData("2022-01-20T10:12:00+08:00")]
    [InlineData("2022-01-20T02:12:00Z")]
    [InlineData("2022-01-20T02:12:00.000Z")]
    [InlineData("2022-01-20T10:12:00.000000+08:00")]
    [InlineData("2022-01-19T21:12:00-05:00")]
    public void An_instant_with_a_zone_is_read_as_UTC(string instant)
    {
        var filedAt = Accepted(Change("\"publishedAt\":", $"\"filedAt\":\"{instant}\",\"publishedAt\":")).FiledAt!.Value;

        filedAt.ShouldBe(new DateTimeOffset(2022, 1, 20, 2, 12, 0, TimeSpan.Zero));
        filedAt.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("http://www.wanzai.gov.cn/wzxrmzf/mbx/xxgk.shtml")]
    [InlineData("https://例子.中国/信息公开?年=2021&a=%20#top")]
    [InlineData("HTTPS://EXAMPLE.GOV.CN:8443/a")]
    public void A_web_address_is_kept_as_it_was_written(string address)
    {
        Accepted(Change("https://example.gov.cn/xxgk/2021.html", address)).PublishedUrl.ShouldBe(address);
    }

    [Theory]
    [InlineData("360922201")]
    [InlineData("141029-zfb")]
    public void Units_of_both_kinds_are_accepted(string unit)
    {
        Accepted(Change("\"unit\":\"360922201\"", $"\"unit\":\"{unit}\"")).Unit.ShouldBe(unit);
    }

    [Fact]
    public void A_text_is_kept_character_for_character_up_to_its_limit()
    {
        var text = "“引号”\\ / \n\t 😀 \u3000\u00A0 é e\u0301 𠮷";
        Accepted(Change(Overview, $"\"overview\":{JsonSerializer.Serialize(text)}")).Prose[0].ShouldBe(text);

        var longest = new string('长', SubmissionReader.MaxTextLength);
        Accepted(Change(Overview, $"\"overview\":\"{longest}\"")).Prose[0].ShouldBe(longest);

        var error = Refused(Change(Overview, $"\"overview\":\"{longest}长\"")).Errors.ShouldHaveSingleItem();
        (error.Code, error.Path, error.Detail).ShouldBe(("text_too_long", "$.prose.overview", "文字共 100001 字，最多 100000 字"));
    }

    [Theory]
    [InlineData("\\ud83d\\ude00", "😀")]
    [InlineData("\\uD83D\\uDE00", "😀")]
    [InlineData("\\\\ud83d", "\\ud83d")]
    [InlineData("\\\\\\ud83d\\ude00\\\"\\/", "\\😀\"/")]
    [InlineData("a\\tb\\u603b😀\\ufffd", "a\tb总😀\uFFFD")]
    public void Escapes_of_a_text_are_decoded(string json, string text)
    {
        Accepted(Change(Overview, $"\"overview\":\"{json}\"")).Prose[0].ShouldBe(text);
    }

    [Theory]
    [InlineData("", "缺少 form")]
    [InlineData("\"form\":null,", "缺少 form")]
    [InlineData("\"form\":[\"2021\"],", "缺少 form")]
    [InlineData("\"form\":{\"form\":\"2021\"},", "缺少 form")]
    [InlineData("\"form\":true,", "缺少 form")]
    [InlineData("\"form\":\"\\ud800\",", "缺少 form")]
    [InlineData("\"prose\":{\"form\":\"2021\"},", "缺少 form")]
    [InlineData("\"form\":\"2020\",", "没有“2020”这种报告格式")]
    [InlineData("\"form\":\"\",", "没有“”这种报告格式")]
    [InlineData("\"form\":\" 2021\",", "没有“ 2021”这种报告格式")]
    [InlineData("\"form\":2020,", "没有“2020”这种报告格式")]
    [InlineData("\"form\":1e400,", "没有“1e400”这种报告格式")]
    [InlineData("\"form\":\"<script>\\u0000\\u001b\",", "没有“<script>��”这种报告格式")]
    public void A_body_without_a_known_form_is_refused_before_anything_else(string form, string detail)
    {
        var refusal = Refused($$"""{{{form}}"unit":0,"x":1}""");

        refusal.Code.ShouldBe("unknown_form");
        refusal.Detail.ShouldStartWith(detail);
        refusal.Errors.ShouldHaveSingleItem().ShouldBe(new RefusalError("$.form", "unknown_form", refusal.Detail));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[{\"unit\":\"360922201\",\"form\":\"2021\"}]")]
    [InlineData("\"2021\"")]
    [InlineData("2021")]
    [InlineData("true")]
    public void A_body_that_is_not_an_object_is_refused(string body)
    {
        var refusal = Refused(body);

        (refusal.Code, refusal.Detail).ShouldBe(("invalid_body", "正文应为一个 JSON 对象。"));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\r\n\t ")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("{}}")]
    [InlineData("{} {}")]
    [InlineData("{},")]
    [InlineData("{}x")]
    [InlineData("{}\0")]
    [InlineData("\0{}")]
    [InlineData("\u00A0{}")]
    [InlineData("\u2028{}")]
    [InlineData("{unit:1}")]
    [InlineData("{'unit':1}")]
    [InlineData("{\"unit\" 1}")]
    [InlineData("{\"unit\":1,}")]
    [InlineData("{\"unit\":[1,]}")]
    [InlineData("{\"unit\":1 \"form\":2}")]
    [InlineData("{\"unit\":1}//")]
    [InlineData("// 说明\n{}")]
    [InlineData("{/* 说明 */\"unit\":1}")]
    [InlineData("{\"unit\":NaN}")]
    [InlineData("{\"unit\":-Infinity}")]
    [InlineData("{\"unit\":undefined}")]
    [InlineData("{\"unit\":True}")]
    [InlineData("{\"unit\":01}")]
    [InlineData("{\"unit\":+1}")]
    [InlineData("{\"unit\":.5}")]
    [InlineData("{\"unit\":5.}")]
    [InlineData("{\"unit\":1e}")]
    [InlineData("{\"unit\":0x10}")]
    [InlineData("{\"unit\":1_000}")]
    [InlineData("{\"unit\":\"a\nb\"}")]
    [InlineData("{\"unit\":\"a\0b\"}")]
    [InlineData("{\"unit\":\"\\x41\"}")]
    [InlineData("{\"unit\":\"\\u12G4\"}")]
    [InlineData("{\"unit\":\"}")]
    [InlineData("{\"unit\":[}")]
    [InlineData("{\"unit\":1]")]
    [InlineData("﹛﹜")]
    [InlineData("<?xml version=\"1.0\"?><report/>")]
    [InlineData("unit=360922201&form=2021")]
    public void What_is_not_JSON_is_refused_with_its_place(string body)
    {
        var refusal = Refused(body);

        refusal.Code.ShouldBe("invalid_json");
        refusal.Detail.ShouldMatch("^正文不是完整、正确的 JSON，第 [0-9]+ 行第 [0-9]+ 字节处读不下去。$");
    }

    [Fact]
    public void The_place_of_broken_JSON_counts_lines_and_bytes_from_one()
    {
        Refused("{\n  \"unit\": x\n}").Detail.ShouldContain("第 2 行第 11 字节");
    }

    [Fact]
    public void Garbage_after_a_valid_body_is_refused()
    {
        foreach (var garbage in new[] { "x", ",", "}", "]", valid, "//", "/**/", "\0", "\u00A0", "null" })
        {
            Refused(valid + garbage).Code.ShouldBe("invalid_json", garbage);
        }
    }

    [Fact]
    public void An_empty_body_is_refused()
    {
        Refused(Array.Empty<byte>()).Code.ShouldBe("empty_body");
    }

    [Fact]
    public void A_byte_order_mark_is_refused_by_name()
    {
        Refused([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(valid)]).Code.ShouldBe("byte_order_mark");
        Refused([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(valid)]).Code.ShouldBe("byte_order_mark");
        Refused([0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(valid)]).Code.ShouldBe("byte_order_mark");
        Refused([0xEF, 0xBB, 0xBF]).Code.ShouldBe("byte_order_mark");
    }

    [Fact]
    public void Other_encodings_are_refused()
    {
        byte[] gbk = [0xD7, 0xDC, 0xCC, 0xE5, 0xC7, 0xE9, 0xBF, 0xF6];
        var (before, after) = (valid[..valid.IndexOf("总体", StringComparison.Ordinal)], valid[valid.IndexOf("正文", StringComparison.Ordinal)..]);

        Refused([.. Encoding.UTF8.GetBytes(before), .. gbk, .. Encoding.UTF8.GetBytes(after)]).Code.ShouldBe("invalid_utf8");
        Refused(Encoding.Latin1.GetBytes("{\"unit\":\"é\"}")).Code.ShouldBe("invalid_utf8");
        Refused(Encoding.Unicode.GetBytes(valid)).Code.ShouldBeOneOf("invalid_utf8", "invalid_json");
        Refused(Encoding.BigEndianUnicode.GetBytes(valid)).Code.ShouldBeOneOf("invalid_utf8", "invalid_json");
        Refused(Encoding.UTF32.GetBytes(valid)).Code.ShouldBeOneOf("invalid_utf8", "invalid_json");
    }

    [Theory]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF5, 0x80, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xE6, 0x80 })]
    [InlineData(new byte[] { 0xFF })]
    public void Bytes_that_are_no_UTF8_are_refused_in_texts_and_in_names(byte[] bytes)
    {
        var utf8 = Encoding.UTF8.GetBytes(valid);
        var inText = utf8.AsSpan().IndexOf("总体情况正文"u8);
        var inName = utf8.AsSpan().IndexOf("penalties"u8);

        Refused([.. utf8[..inText], .. bytes, .. utf8[inText..]]).Code.ShouldBe("invalid_utf8");
        Refused([.. utf8[..inName], .. bytes, .. utf8[inName..]]).Code.ShouldBe("invalid_utf8");
    }

    [Fact]
    public void A_body_cut_off_at_any_byte_is_refused()
    {
        var utf8 = Encoding.UTF8.GetBytes(valid);
        for (var length = 1; length < utf8.Length; length++)
        {
            Refused(utf8.AsSpan(0, length).ToArray()).Code.ShouldBeOneOf("invalid_json", "invalid_utf8");
        }
    }

    [Theory]
    [InlineData("{{\"x\":{0},\"unit\":\"360922201\",\"form\":\"2021\"}}")]
    [InlineData("{{\"unit\":\"360922201\",\"form\":\"2021\",\"figures\":{0}}}")]
    [InlineData("{{\"unit\":\"360922201\",\"form\":\"2021\",\"figures\":{{\"requests\":{0}}}}}")]
    [InlineData("{{\"unit\":\"360922201\",\"figures\":{{\"requests\":{{\"received\":{{\"total\":{0}}}}}}},\"form\":\"2021\"}}")]
    [InlineData("{{\"unit\":{0},\"form\":\"2021\"}}")]
    [InlineData("{{\"unit\":\"360922201\",\"form\":{0}}}")]
    [InlineData("{{\"unit\":\"360922201\",\"form\":\"2021\",\"prose\":{{\"overview\":{0}}}}}")]
    [InlineData("{0}")]
    public void Deep_nesting_is_refused_wherever_it_stands(string place)
    {
        var format = CompositeFormat.Parse(place);
        foreach (var (open, close) in new[] { ("[", "]"), ("{\"a\":", "}") })
        {
            foreach (var depth in new[] { 17, 1000, 100_000 })
            {
                var deep = string.Concat(Enumerable.Repeat(open, depth));
                var body = string.Format(CultureInfo.InvariantCulture, format, deep + "0" + string.Concat(Enumerable.Repeat(close, depth)));

                Refused(body).Code.ShouldBe("too_deep");
                Refused(body[..(body.IndexOf(open + open, StringComparison.Ordinal) + deep.Length)]).Code.ShouldBe("too_deep");
            }
        }
    }

    [Fact]
    public void Nesting_that_is_only_deeper_than_the_form_is_refused_at_its_place()
    {
        var error = Refused(Change(Penalties, "\"penalties\":{\"decisions\":[[[[[[[[1]]]]]]]]}")).Errors.ShouldHaveSingleItem();

        (error.Code, error.Path).ShouldBe(("wrong_type", "$.figures.disclosure.penalties.decisions"));
    }

    [Fact]
    public void A_member_name_of_any_length_is_shown_shortened()
    {
        foreach (var name in new[] { new string('a', 10_000), new string('名', 10_000), string.Concat(Enumerable.Repeat("😀", 5_000)) })
        {
            var error = Refused(Change("\"figures\":{", $"\"figures\":{{\"{name}\":0,")).Errors.ShouldHaveSingleItem();

            error.Code.ShouldBe("unknown_member");
            error.Path.Length.ShouldBeLessThan(60);
            error.Detail.Length.ShouldBeLessThan(80);
        }
    }

    [Fact]
    public void Every_wrong_place_is_reported_in_the_order_of_the_body()
    {
        var body = valid.Replace(Penalties, "\"penalties\":{\"decisions\":\"1\"}", StringComparison.Ordinal)
            .Replace(Amount, "\"amount\":\"1,000\"", StringComparison.Ordinal)
            .Replace("2022-01-20", "2022-02-30", StringComparison.Ordinal)
            .Replace("{\"unit\":\"360922201\"", "{\"unit\":7", StringComparison.Ordinal);

        var refusal = Refused(body);

        refusal.Errors.Select(e => e.Path).ShouldBe(["$.unit", "$.figures.disclosure.penalties.decisions", "$.figures.disclosure.fees.amount", "$.publishedAt"]);
        refusal.Detail.ShouldBe($"正文有 4 处读不懂，第一处：{refusal.Errors[0].Detail}。");
    }

    [Fact]
    public void No_more_than_a_hundred_wrong_places_are_reported()
    {
        var unknown = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"\"x{i}\":0,"));

        var errors = Refused(Change("\"figures\":{", $"\"figures\":{{{unknown}")).Errors;

        errors.Length.ShouldBe(100);
        errors[0].Path.ShouldBe("$.figures.x0");
    }

    [Fact]
    public void Control_characters_of_a_body_do_not_reach_the_refusal()
    {
        var refusal = Refused(Change("\"figures\":{", "\"figures\":{\"a\\u0000\\u001b[31m\\r\\nb\":0,"));

        refusal.Errors[0].Path.ShouldBe("$.figures.a��[31m��b");
    }

    [Fact]
    public void Random_damage_is_refused_or_read_as_it_stands()
    {
        // Names and texts with escapes, also of surrogate pairs, so that damage reaches the decoding of both.
        var original = Encoding.UTF8.GetBytes(Change("\"publishedUrl\"", "\"filedAt\":\"2022-01-20T10:12:00+08:00\",\"publishedUrl\"")
            .Replace("\"unit\"", "\"\\u0075nit\"", StringComparison.Ordinal)
            .Replace("\"penalties\"", "\"\\u0070en\\u0061lties\"", StringComparison.Ordinal)
            .Replace("\"received\"", "\"receive\\u0064\"", StringComparison.Ordinal)
            .Replace("总体情况正文：主动公开、依申请公开、政府信息管理、平台建设、监督保障均按要求开展。", "\\ud83d\\ude00\\n\\u603b\\ud842\\udfb7", StringComparison.Ordinal));
        var (read, refused) = (0, 0);
        Seeded.Run(20_000, random =>
        {
            var body = original;
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                body = Damage(body, random);
            }

            if (!SubmissionReader.Read(body).Is(out var submission, out var refusal))
            {
                WellFormed(refusal);
                refused++;
                return;
            }

            ComesFromBody(submission, body);
            read++;
        });

        // Both outcomes have to occur often, or the damage is not the kind that finds anything.
        read.ShouldBeGreaterThan(1_000);
        refused.ShouldBeGreaterThan(1_000);
    }

    static byte[] Damage(byte[] body, Random random)
    {
        ReadOnlySpan<byte> interesting = "{}[]\",:0123456789.-+eE\\u \n\0/\x7f"u8;
        var at = random.Next(body.Length);
        var length = Math.Min(random.Next(1, random.Next(4) == 0 ? 200 : 4), body.Length - at);
        switch (random.Next(6))
        {
            case 0:
                byte[] flipped = [.. body];
                flipped[at] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1:
                return [.. body[..at], interesting[random.Next(interesting.Length)], .. body[(at + 1)..]];
            case 2:
                return [.. body[..at], interesting[random.Next(interesting.Length)], .. body[at..]];
            case 3:
                return [.. body[..at], .. body[(at + length)..]];
            case 4:
                return [.. body[..at], .. body[at..(at + length)], .. body[at..]];
            default:
                // A digit for a digit: the damage that no grammar notices.
                byte[] changed = [.. body];
                var digit = Array.FindIndex(changed, at, b => b is >= (byte)'0' and <= (byte)'9');
                if (digit >= 0)
                {
                    changed[digit] = (byte)('0' + random.Next(10));
                }

                return changed;
        }
    }

    /// <summary>Compares with another reader: every figure is the one number that the body states for that cell, and no figure of the body is dropped.</summary>
    static void ComesFromBody(Submission submission, byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        submission.Unit.ShouldBe(root.GetProperty("unit").GetString());
        submission.Figures.Form.Code.ShouldBe(root.GetProperty("form").GetString());
        var prose = root.TryGetProperty("prose", out var texts) && texts.ValueKind == JsonValueKind.Object ? texts : default;
        submission.Prose.ShouldBe(submission.Figures.Form.Prose.Select(s =>
            prose.ValueKind == JsonValueKind.Object && prose.TryGetProperty(s.Code, out var text) ? text.GetString() : null));
        var stated = new Dictionary<string, decimal?>();
        if (root.TryGetProperty("figures", out var figures))
        {
            Collect(figures, "", stated);
        }

        foreach (var cell in submission.Figures.Form.Cells)
        {
            if (submission.Figures[cell] != stated.GetValueOrDefault(cell.Path))
            {
                submission.Figures[cell].ShouldBe(stated.GetValueOrDefault(cell.Path), cell.Path);
            }

            stated.Remove(cell.Path);
        }

        stated.Where(s => s.Value is not null).ShouldBeEmpty();
    }

    static void Collect(JsonElement element, string path, Dictionary<string, decimal?> stated)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            stated.Add(path, element.ValueKind == JsonValueKind.Null ? null
                : decimal.Parse(element.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture));
            return;
        }

        foreach (var member in element.EnumerateObject())
        {
            Collect(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", stated);
        }
    }

    static JsonObject Shuffle(JsonObject json, Random random)
    {
        var members = json.ToArray();
        random.Shuffle(members);
        json.Clear();
        return new JsonObject(members.Select(m => KeyValuePair.Create<string, JsonNode?>(m.Key, m.Value is JsonObject below ? Shuffle(below, random) : m.Value)));
    }

    /// <summary>The valid body with one place changed; the place must occur exactly once, so that a test changes what it means to.</summary>
    static string Change(string find, string replacement)
    {
        var at = valid.IndexOf(find, StringComparison.Ordinal);
        at.ShouldBeGreaterThanOrEqualTo(0, find);
        valid.IndexOf(find, at + 1, StringComparison.Ordinal).ShouldBe(-1, find);
        return string.Concat(valid.AsSpan(0, at), replacement, valid.AsSpan(at + find.Length));
    }

    static decimal? Number(Submission submission, string path) => submission.Figures[submission.Figures.Form.FindCell(path)!];

    static Submission Accepted(string body) => Accepted(Encoding.UTF8.GetBytes(body));

    static Submission Accepted(byte[] body)
    {
        var outcome = SubmissionReader.Read(body);
        outcome.Refusal.ShouldBeNull();
        return outcome.Value!;
    }

    static Refusal Refused(string body) => Refused(Encoding.UTF8.GetBytes(body));

    static Refusal Refused(byte[] body)
    {
        SubmissionReader.Read(body).Is(out _, out var refusal).ShouldBeFalse();
        WellFormed(refusal!);
        return refusal!;
    }

    /// <summary>What holds for every refusal: known codes, places that are JSON paths, sentences in Chinese that can be shown and stored.</summary>
    static void WellFormed(Refusal refusal)
    {
        refusal.Kind.ShouldBe(RefusalKind.Invalid);
        refusalCodes.ShouldContain(refusal.Code);
        Shown(refusal.Detail);
        refusal.Errors.Length.ShouldBeLessThanOrEqualTo(100);
        foreach (var error in refusal.Errors)
        {
            errorCodes.ShouldContain(error.Code);
            error.Path.ShouldStartWith("$.");
            Shown(error.Path, chinese: false);
            Shown(error.Detail);
        }

        static void Shown(string text, bool chinese = true)
        {
            text.Length.ShouldBeLessThan(500);
            text.Any(char.IsControl).ShouldBeFalse(text);
            text.EnumerateRunes().All(r => r != Rune.ReplacementChar || text.Contains('\uFFFD', StringComparison.Ordinal)).ShouldBeTrue();
            (!chinese || text.Any(c => c is >= '一' and <= '龥')).ShouldBeTrue(text);
        }
    }
}
