using Aggregator.Installation;
using Aggregator.Units;

namespace Aggregator.Domain.Tests.Installation;

public sealed class DepartmentListTests
{
    [Fact]
    public void Each_line_is_a_department_with_the_next_free_number() =>
        Read("教育局\n民政局", Department("360922-007", "财政局"), Department("360922-zfb", "县政府办公室"))
            .Select(u => (u.Code, u.Name)).ShouldBe([("360922-008", "教育局"), ("360922-009", "民政局")]);

    [Theory]
    [InlineData("1.教育局")]
    [InlineData("（12）教育局")]
    [InlineData("  3、 教育局\r")]
    [InlineData("教育局\n\n教育局\n")]
    public void Numbers_blanks_and_repetitions_of_a_list_are_left_out(string text) =>
        Read(text).Single().Name.ShouldBe("教育局");

    [Fact]
    public void Who_is_there_already_is_left_out() => Read("财政局", Department("360922-001", "财政局")).ShouldBeEmpty();

    [Fact]
    public void A_name_that_is_too_long_is_refused()
    {
        DepartmentList.Read("360922", new string('局', 101), []).Is(out _, out var refusal).ShouldBeFalse();
        refusal!.Code.ShouldBe("invalid_unit");
    }

    static Unit[] Read(string text, params Unit[] known) =>
        DepartmentList.Read("360922", text, known).Is(out var units, out _) ? [.. units] : throw new InvalidOperationException("refused");

    static Unit Department(string code, string name) => new(code, name, "department", "360922", [], null, null, null, false);
}
