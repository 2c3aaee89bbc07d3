using Aggregator.Checks;
using Aggregator.Editions;
using Aggregator.Forms;
using Aggregator.Testing;
using Microsoft.Extensions.Configuration;

namespace Aggregator.Domain.Tests.Editions;

public class CircularTests
{
    static readonly CountyReport report = SampleCounty.Of("2021",
        SampleUnit.Filed("360922201", "马步乡"),
        SampleUnit.Filed("360922202", "白水乡") with { Late = true, PublishedAt = new DateOnly(2022, 2, 3), Returned = 2 },
        SampleUnit.Filed("360922203", "三兴镇") with { Rules = ["NAR", "X1"] },
        SampleUnit.Missing("360922204", "高城镇") with { Late = true },
        SampleUnit.Missing("360922205", "潭埠镇") with { Status = "returned", Late = true },
        SampleUnit.Missing("360922206", "双桥镇"),
        SampleUnit.Missing("360922299", "园区管委会") with { Status = "exempt" });

    static readonly Duplicate copied = new("DUP", Severity.Warning, "prose.overview", "一、总体情况", "360922203", "三兴镇", 1,
        new DuplicateOf(2021, "360922201", "马步乡", 1), 0, 80, "", "");

    [Fact]
    public void Every_fault_has_its_price_and_a_score_does_not_fall_below_zero()
    {
        var units = Circular.Of(report, new ScoringTable(), [copied]).Units.ToDictionary(u => u.Unit.Code);

        units.Keys.ShouldNotContain("360922299", "who is exempt is not scored");
        units["360922201"].Score.ShouldBe(10);
        units["360922202"].Deductions.ShouldBe([new Deduction("逾期报送", 2), new Deduction("逾期公布", 5)]);
        units["360922203"].Deductions.ShouldBe([new Deduction("要素缺失", 5), new Deduction("内容雷同", 5)]);
        (units["360922203"].Score, units["360922203"].OpenFindings).ShouldBe((0, 2));
        units["360922204"].Deductions.ShouldBe([new Deduction("逾期未报送", 5)]);
        units["360922205"].Deductions.ShouldBe([new Deduction("逾期未报送", 5), new Deduction("退回后未改正", 5)]);
        units["360922206"].Score.ShouldBe(10, "its day is not over");
    }

    [Fact]
    public void The_best_come_first() =>
        Circular.Of(report, new ScoringTable(), [copied]).Units.Select(u => u.Score).ShouldBe([10, 10, 5, 3, 0, 0]);

    [Fact]
    public void Rates_and_lists_are_those_of_the_roster()
    {
        var circular = Circular.Of(report, new ScoringTable(), [copied]);

        circular.Title.ShouldBe("万载县人民政府办公室关于2021年度政府信息公开工作年度报告报送情况的通报");
        circular.Parts[0].Paragraphs.ShouldHaveSingleItem().ShouldContain("单位共6个。截至2022年2月10日，已报送3个，报送率50%；其中按时报送2个，按时报送率33.3%。另有1个单位免报。");
        var lists = string.Join('\n', circular.Parts[1].Paragraphs);
        lists.ShouldContain("逾期报送的单位（1个）：白水乡（2022年1月21日）。");
        lists.ShouldContain("逾期未报送的单位（1个）：高城镇。");
        lists.ShouldContain("退回后尚未重新报送的单位（1个）：潭埠镇。");
        lists.ShouldContain("报告经退回修改后报送的单位（1个）：白水乡（退回2次）。");
        lists.ShouldContain("逾期公布报告的单位（1个）：白水乡（2022年2月3日）。");
        lists.ShouldContain("雷同的单位（1个）：三兴镇。");
        lists.ShouldContain("校验问题的单位（1个）：三兴镇（2处）。");
        lists.ShouldNotContain("双桥镇");
    }

    [Fact]
    public void It_is_said_in_the_words_of_a_county_a_city_or_a_district_and_never_of_units_that_are_not_there()
    {
        var none = Circular.Of(report with { Name = "丰台区", Units = new ReportUnits(0, [], [], [], []) }, new ScoringTable(), []);
        none.Recipients.ShouldBe("各乡镇人民政府、街道办事处，区直各有关单位：");
        none.Parts[0].Paragraphs.ShouldBe(["名录中没有应当报送年度报告的单位。"]);
        none.Parts[1].Paragraphs.ShouldBe(["截至目前，没有逾期报送、逾期未报送的单位。"]);

        var faultless = Circular.Of(SampleCounty.Of("2021", SampleUnit.Filed("360922201", "马步乡")), new ScoringTable(), []);
        faultless.Parts[1].Paragraphs.ShouldBe(["各单位均按时报送，没有尚未消除的问题。"]);
        Circular.Of(SampleCounty.Of("2021", SampleUnit.Missing("360922201", "马步乡")), new ScoringTable(), []).Parts[1].Paragraphs
            .ShouldBe(["截至目前，没有逾期报送、逾期未报送的单位。"], "its day is not over");
    }

    [Fact]
    public void A_county_sets_its_own_prices()
    {
        var scoring = ScoringTable.From(Settings(("Scoring:Full", "100"), ("Scoring:PublishedLate", "0"), ("Scoring:NotFiled", "50.5")));
        var units = Circular.Of(report, scoring, [copied]).Units.ToDictionary(u => u.Unit.Code);

        units["360922204"].Score.ShouldBe(49.5m);
        units["360922202"].Deductions.ShouldBe([new Deduction("逾期报送", 2)]);
        ScoringTable.From(Settings()).ShouldBe(new ScoringTable());
        Should.Throw<ArgumentException>(() => ScoringTable.From(Settings(("Scoring:Full", "-1"))));
    }

    static IConfiguration Settings(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
}
