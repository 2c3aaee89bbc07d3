using System.Text.RegularExpressions;
using Aggregator.Forms;
using Aggregator.Years;

namespace Aggregator.Editions;

/// <summary>
/// Writes section 一 from the figures. A sentence whose figure is missing is left out and the figure named as missing; it
/// never reads as zero. While the report is incomplete, each sentence speaks of the included units only.
/// </summary>
sealed partial class Overview
{
    readonly Figures figures;
    readonly List<string> missing = [];

    Overview(Figures figures) => this.figures = figures;

    public static List<ReportPart> Write(int year, string name, DateOnly asOf, ReportUnits units, bool complete, Figures figures)
    {
        var overview = new Overview(figures);
        var filing = Filing(year, name, asOf, units, complete);
        if (units.Included.Count == 0)
        {
            return [new ReportPart("（一）报送情况", null, [filing, "尚无单位的报告计入，主动公开、依申请公开、行政复议和行政诉讼均没有数据。没有数据不等于没有发生。"])];
        }

        var who = complete ? Everybody(name) : $"已计入的{units.Included.Count}个单位";
        List<ReportPart> parts =
        [
            new("（一）报送情况", null, [filing]),
            new("（二）主动公开情况", null, overview.Disclosure(year, who)),
            new("（三）依申请公开情况", null, overview.Requests(year, who)),
            new("（四）行政复议、行政诉讼情况", null, overview.Review(year, who)),
        ];
        if (overview.missing is [_, ..] gaps)
        {
            var names = string.Join("、", gaps.Take(6));
            parts.Add(new ReportPart("（五）数据缺失情况", null,
                [$"以下数据没有单位填报，不作为0：{names}{(gaps.Count > 6 ? $"等{gaps.Count}项" : "")}。"]));
        }

        return parts;
    }

    static string Filing(int year, string name, DateOnly asOf, ReportUnits units, bool complete)
    {
        var exempt = units.Exempt.Count > 0 ? $"另有{units.Exempt.Count}个单位免报。" : "";
        var expected = $"{year}年度，{name}应当报送政府信息公开工作年度报告的单位共{units.Expected}个";
        if (units.Included.Count == 0)
        {
            return $"{expected}。截至{ChinaTime.Text(asOf)}，尚无单位的报告计入本报告。{exempt}";
        }

        var punctual = $"按期报送{units.Included.Count - units.Late.Count}个，逾期报送{units.Late.Count}个";
        return complete
            ? $"{expected}，已全部报送，其中{punctual}。{exempt}"
            : $"{expected}。截至{ChinaTime.Text(asOf)}，{units.Included.Count}个单位的报告已计入本报告，其中{punctual}；"
                + $"{units.Missing.Count}个单位的报告尚未计入。{exempt}本报告数据不完整，只反映已计入单位的情况。";
    }

    /// <summary>A county-level division is a county, a city, a district or a banner, and says so in the last character of its name.</summary>
    static string Everybody(string name) => name[^1] switch
    {
        '市' => "全市",
        '区' => "全区",
        '旗' => "全旗",
        _ => "全县",
    };

    List<string> Disclosure(int year, string who)
    {
        string?[] sentences = figures.Form.Code == "2019"
            ?
            [
                Say("新制作规范性文件{disclosure.normativeDocuments.created}件，新公开{disclosure.normativeDocuments.disclosed}件，对外公开总数量{disclosure.normativeDocuments.disclosedTotal}件"),
                Say("作出行政许可处理决定{disclosure.licences.decisions}件、其他对外管理服务事项处理决定{disclosure.otherServices.decisions}件、"
                    + "行政处罚处理决定{disclosure.penalties.decisions}件、行政强制处理决定{disclosure.coerciveMeasures.decisions}件"),
                Say("行政事业性收费上一年项目{disclosure.fees.previousItems}项、本年增减{disclosure.fees.change}项"),
                Say("政府集中采购项目{disclosure.procurement.items}项，采购总金额{disclosure.procurement.amount}万元"),
            ]
            :
            [
                Say("制发行政规范性文件{disclosure.normativeDocuments.issued}件，废止{disclosure.normativeDocuments.repealed}件，现行有效{disclosure.normativeDocuments.inForce}件"),
                Say("作出行政许可处理决定{disclosure.licences.decisions}件、行政处罚处理决定{disclosure.penalties.decisions}件、"
                    + "行政强制处理决定{disclosure.coerciveMeasures.decisions}件"),
                Say("行政事业性收费{disclosure.fees.amount}万元"),
            ];
        return Paragraph($"{year}年，{who}", sentences);
    }

    List<string> Requests(int year, string who)
    {
        if (Numbers("requests.received.total", "requests.carriedIn.total", "requests.total.total", "requests.carriedOut.total") is [0, 0, 0, 0])
        {
            return [$"{year}年，{who}没有收到政府信息公开申请，也没有上年结转的申请。"];
        }

        var received = Number("requests.received.total") is > 0 and var all && Number("requests.received.naturalPerson") is { } persons
            ? $"新收申请中，自然人提出{Figures.Text(persons)}件，法人或其他组织提出{Figures.Text(all - persons)}件"
            : null;
        return Paragraph($"{year}年，{who}",
        [
            Say("新收政府信息公开申请{requests.received.total}件，上年结转{requests.carriedIn.total}件；"
                + "本年度办结{requests.total.total}件，结转下年度继续办理{requests.carriedOut.total}件"),
            received,
            Number("requests.total.total") is > 0 ? Outcomes() : null,
        ]);
    }

    /// <summary>The results by their main heads, （一）to（六）; those that did not occur are left out.</summary>
    string? Outcomes()
    {
        var outcomes = figures.Form.Cells
            .Where(c => c.Section.Code == "requests" && c.Column.Code == "total" && c.Row.Code != "total" && c.Row.Groups is [var first, ..] && first == c.Table.NamesOmit)
            .GroupBy(c => c.Row.Groups is [_, var head, ..] ? head : c.Row.Label)
            .Select(g => (Name: Numbering().Replace(g.Key, ""), Cells: g.Select(c => c.Path).ToArray()))
            .Select(o => (o.Name, Values: Numbers(o.Cells)))
            .ToList();
        return outcomes.Any(o => o.Values is null) ? null
            : $"办理结果为{string.Join("、", outcomes.Select(o => (o.Name, Sum: o.Values!.Sum())).Where(o => o.Sum > 0).Select(o => $"{o.Name}{Figures.Text(o.Sum)}件"))}";
    }

    List<string> Review(int year, string who)
    {
        if (Numbers("review.reconsideration.total", "review.litigationDirect.total", "review.litigationAfterReconsideration.total") is [0, 0, 0])
        {
            return [$"{year}年，{who}没有因政府信息公开工作被申请行政复议、提起行政诉讼。"];
        }

        return Paragraph($"{year}年，{who}因政府信息公开工作",
        [
            Results("被申请行政复议", "reconsideration"),
            Results("未经复议直接被提起行政诉讼", "litigationDirect"),
            Results("经复议后被提起行政诉讼", "litigationAfterReconsideration"),
        ]);
    }

    string? Results(string what, string row)
    {
        if (Say(what + "{review." + row + ".total}件") is not { } sentence)
        {
            return null;
        }

        var results = figures.Form.Cells
            .Where(c => c.Section.Code == "review" && c.Row.Code == row && c.Column.Code != "total" && figures[c] > 0)
            .Select(c => $"{c.Column.Label}{Figures.Text(figures[c])}件").ToList();
        return results.Count == 0 ? sentence : $"{sentence}（{string.Join("、", results)}）";
    }

    static List<string> Paragraph(string opening, string?[] sentences)
    {
        var said = string.Join("；", sentences.Where(s => s is not null));
        return [said.Length == 0 ? $"{opening}的有关数据缺失。" : $"{opening}{said}。"];
    }

    /// <summary>A sentence with the figures in it; null, with the gaps noted, if one of them is missing.</summary>
    string? Say(string template)
    {
        var paths = Place().Matches(template).Select(m => m.Groups[1].Value).ToArray();
        return Numbers(paths) is null ? null : Place().Replace(template, m => Figures.Text(Number(m.Groups[1].Value)));
    }

    decimal[]? Numbers(params string[] paths)
    {
        decimal?[] numbers = [.. paths.Select(Number)];
        return numbers.All(n => n is not null) ? [.. numbers.Select(n => n!.Value)] : null;
    }

    decimal? Number(string path)
    {
        var cell = figures.Form.FindCell(path) ?? throw new InvalidOperationException($"Form {figures.Form.Code}: no cell {path}.");
        if (figures[cell] is null && !missing.Contains(cell.Name))
        {
            missing.Add(cell.Name);
        }

        return figures[cell];
    }

    [GeneratedRegex(@"\{([\w.]+)\}")]
    private static partial Regex Place();

    [GeneratedRegex("^（.）|（.*）$")]
    private static partial Regex Numbering();
}
