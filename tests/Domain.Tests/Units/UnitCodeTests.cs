using System.IO.Compression;
using Aggregator.Units;

namespace Aggregator.Domain.Tests.Units;

public sealed class UnitCodeTests
{
    [Theory]
    [InlineData("360922201")]
    [InlineData("141029-zfb")]
    [InlineData("141029-z")]
    [InlineData("360922-fg")]
    [InlineData("141029-zfb-2")]
    [InlineData("141029-0123456789abcdefghijklmno")]
    public void A_township_level_code_or_a_county_code_with_a_suffix_names_a_unit(string code)
    {
        UnitCode.IsValid(code).ShouldBeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("36")]
    [InlineData("360922")]
    [InlineData("36092220")]
    [InlineData("3609222011")]
    [InlineData(" 360922201")]
    [InlineData("360922201 ")]
    [InlineData("36092220a")]
    [InlineData("３６０９２２２０１")]
    [InlineData("٣٦٠٩٢٢٢٠١")]
    [InlineData("141029-")]
    [InlineData("141029-ZFB")]
    [InlineData("141029-Zfb")]
    [InlineData("141029-政府办")]
    [InlineData("141029-z b")]
    [InlineData("141029-z_b")]
    [InlineData("141029-z/b")]
    [InlineData("141029_zfb")]
    [InlineData("14102-zfbx")]
    [InlineData("14102a-zfb")]
    [InlineData("-zfb")]
    [InlineData("141029-0123456789abcdefghijklmnop")]
    public void Anything_else_does_not(string? code)
    {
        UnitCode.IsValid(code).ShouldBeFalse();
    }

    [Theory]
    [InlineData("00", true, false)]
    [InlineData("36", true, false)]
    [InlineData("3609", true, false)]
    [InlineData("360922", true, true)]
    [InlineData("360922201", false, false)]
    [InlineData("360922-zfb", false, false)]
    [InlineData("3", false, false)]
    [InlineData("360", false, false)]
    [InlineData("３６", false, false)]
    [InlineData("36092a", false, false)]
    [InlineData("", false, false)]
    [InlineData(null, false, false)]
    public void Divisions_and_counties_are_told_by_length_and_digits(string? code, bool division, bool county)
    {
        UnitCode.IsDivision(code).ShouldBe(division);
        UnitCode.IsCounty(code).ShouldBe(county);
    }

    [Theory]
    [InlineData("360922201", "360922")]
    [InlineData("141029-zfb", "141029")]
    [InlineData("360922", "3609")]
    [InlineData("3609", "36")]
    [InlineData("36", "00")]
    [InlineData("00", null)]
    public void The_level_above_follows_from_the_code(string code, string? parent)
    {
        UnitCode.ParentOf(code).ShouldBe(parent);
    }

    [Theory]
    [InlineData("360922", "3609")]
    [InlineData("3609", "36")]
    [InlineData("36", "00")]
    [InlineData("00", null)]
    public void Above_a_county_stand_prefecture_province_and_nation(string division, string? above)
    {
        UnitCode.Above(division).ShouldBe(above);
    }

    [Theory]
    [InlineData("360922201", "360922", true)]
    [InlineData("360922-zfb", "360922", true)]
    [InlineData("360922", "360922", true)]
    [InlineData("360922201", "36", true)]
    [InlineData("360922201", "00", true)]
    [InlineData("00", "00", true)]
    [InlineData("360923201", "360922", false)]
    [InlineData("3609", "360922", false)]
    [InlineData("00", "36", false)]
    [InlineData("370922", "36", false)]
    public void A_code_lies_within_the_divisions_that_it_begins_with(string code, string scope, bool within)
    {
        UnitCode.IsWithin(code, scope).ShouldBe(within);
    }

    [Fact]
    public void Every_code_of_the_national_list_fits_and_its_level_above_is_on_the_list()
    {
        var lines = NationalList();
        var codes = lines.Select(l => l[0]).ToHashSet();

        codes.Count.ShouldBe(lines.Count);
        lines.CountBy(l => l[2]).Select(kind => $"{kind.Key} {kind.Value}").ShouldBe(
            ["nation 1", "province 31", "prefecture 342", "county 2978", "street 9121", "town 21379", "township 8203", "other 2649"],
            ignoreOrder: true);
        lines.Where(l => l[2] is "street" or "town" or "township" or "other" ? !UnitCode.IsValid(l[0]) : !UnitCode.IsDivision(l[0])).ShouldBeEmpty();
        lines.Where(l => l[2] == "county" != UnitCode.IsCounty(l[0])).ShouldBeEmpty();
        lines.Where(l => UnitCode.ParentOf(l[0]) is { } parent && !codes.Contains(parent)).Select(l => l[0]).ShouldBeEmpty();
        lines.Where(l => !UnitStore.Kinds.Contains(l[2])).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("360922", "万载县")]
    [InlineData("141029", "乡宁县")]
    [InlineData("220623", "长白朝鲜族自治县")]
    [InlineData("230523", "宝清县")]
    [InlineData("360982", "樟树市")]
    [InlineData("360922201", "马步乡")]
    public void The_counties_of_the_real_reports_are_on_the_national_list(string code, string name)
    {
        NationalList().Single(l => l[0] == code)[1].ShouldBe(name);
    }

    static List<string[]> NationalList()
    {
        using var resource = typeof(UnitCode).Assembly.GetManifestResourceStream("divisions-2023.tsv.gz")!;
        using var text = new StreamReader(new GZipStream(resource, CompressionMode.Decompress));
        return [.. text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t'))];
    }

    [Theory]
    [InlineData("360922201", "360922")]
    [InlineData("360922-zfb", "360922")]
    [InlineData("1_000", "1_000")]
    [InlineData("", "")]
    public void What_is_too_short_for_a_code_belongs_to_no_county(string unit, string county) => UnitCode.CountyOf(unit).ShouldBe(county);
}
