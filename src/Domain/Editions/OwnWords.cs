using Aggregator.Checks;

namespace Aggregator.Editions;

/// <summary>Gathers what the units wrote themselves, unit by unit and unchanged.</summary>
static class OwnWords
{
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
        parts.Insert(0, new ReportPart(null, null, [$"{string.Join("；", counts)}。"]));
        return parts;
    }

    public static List<string> Paragraphs(string? text) =>
        [.. (text ?? "").Split(['\n', '\r', '\u2028', '\u2029']).Select(line => line.Trim()).Where(line => line.Length > 0)];
}
