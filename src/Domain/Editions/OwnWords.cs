using Aggregator.Checks;
using Aggregator.Forms;

namespace Aggregator.Editions;

/// <summary>Gathers what the units wrote themselves, unit by unit and unchanged.</summary>
static class OwnWords
{
    const int MostNamed = 6;

    public static List<ReportPart> Gather(ReportUnits units, Dictionary<string, string?[]> texts, int section)
    {
        if (units.Included.Count == 0)
        {
            return [new ReportPart(null, null, ["尚无单位的报告计入，没有可以汇集的内容。"])];
        }

        var parts = new List<ReportPart>();
        var (none, empty) = (0, 0);
        foreach (var unit in units.Included)
        {
            var paragraphs = Paragraphs(texts[unit.Code][section]);
            switch (paragraphs)
            {
                case []:
                    empty++;
                    break;
                case [var only] when NothingToReport.Says(only):
                    none++;
                    break;
                default:
                    parts.Add(new ReportPart(unit.Name, unit.Code, paragraphs));
                    break;
            }
        }

        string[] counts =
        [
            .. parts.Count > 0 ? [$"以下为{parts.Count}个单位报告的原文"] : Array.Empty<string>(),
            .. none > 0 ? [$"{none}个单位报“无”"] : Array.Empty<string>(),
            .. empty > 0 ? [$"{empty}个单位此项空缺"] : Array.Empty<string>(),
            .. units.Missing.Count > 0 ? [$"{units.Missing.Count}个单位的报告尚未计入"] : Array.Empty<string>(),
        ];
        parts.Insert(0, new ReportPart(null, null, [$"{string.Join("；", counts)}。", .. Fees(units, texts, section)]));
        return parts;
    }

    /// <summary>The sum of the 信息处理费 that the units name, and who names none; nothing where the section is not about it.</summary>
    static IEnumerable<string> Fees(ReportUnits units, Dictionary<string, string?[]> texts, int section)
    {
        var fees = units.Included.Select(u => (u.Name, Fee: ProcessingFee.Of(texts[u.Code][section]))).ToList();
        if (fees.TrueForAll(f => f.Fee.Said is null))
        {
            yield break;
        }

        var told = fees.Where(f => f.Fee.Amount is not null).ToList();
        string[] collected = [.. told.Where(f => f.Fee.Amount > 0).Select(f => $"{f.Name}{Figures.Text(f.Fee.Amount)}元")];
        string[] untold = [.. fees.Where(f => f.Fee.Amount is null).Select(f => f.Name)];
        yield return $"{told.Count}个单位写明了信息处理费的数额，合计{Figures.Text(told.Sum(f => f.Fee.Amount))}元{(collected.Length > 0 ? $"（{Some(collected)}）" : "")}"
            + (untold.Length > 0 ? $"；没有写明或者数额没有读出的{untold.Length}个单位未计入：{Some(untold)}。" : "。");
    }

    static string Some(string[] names) =>
        string.Join('、', names.Take(MostNamed)) + (names.Length > MostNamed ? "等" : "");

    public static List<string> Paragraphs(string? text) =>
        [.. (text ?? "").Split(['\n', '\r', '\u2028', '\u2029']).Select(line => line.Trim()).Where(line => line.Length > 0)];
}
