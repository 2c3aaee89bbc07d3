using Aggregator.Testing;

namespace Aggregator.Api.Tests.Submissions;

/// <summary>Article 49: by 31 January, the whole day in Shanghai. These tests move the clock, so they have a server of their own.</summary>
public sealed class SubmissionLatenessTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    static readonly DateTimeOffset february = FakeClock.Shanghai(2022, 2, 1, 0, 0, 0);

    [Theory]
    [InlineData(-10, false)] // 23:59:59.999999
    [InlineData(-1, false)] // the last tick of the day
    [InlineData(0, true)]
    [InlineData(10, true)]
    public async Task A_report_is_late_from_the_first_instant_of_February_in_Shanghai(long ticks, bool late)
    {
        var county = await OpenAsync();
        api.Clock.Set(february.AddTicks(ticks));

        var receipt = await (await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021"))).ShouldBeAsync(201);

        ((bool?)receipt["late"]).ShouldBe(late);
        var line = await county.LineAsync(county.Units[0]);
        ((bool?)line["late"]).ShouldBe(late);
        ((DateTimeOffset)line["filedAt"]!).ShouldBe((DateTimeOffset)receipt["filedAt"]!);
    }

    [Theory]
    [InlineData(-10, false)]
    [InlineData(0, true)]
    public async Task An_extension_moves_the_day(long ticks, bool late)
    {
        var county = await OpenAsync();
        await county.Clerk.PutAsync($"{county.Year}/roster/{county.Units[0]}", """{"dueDate":"2022-02-10","reason":"洪灾"}""".AsJson());
        api.Clock.Set(FakeClock.Shanghai(2022, 2, 11, 0, 0, 0).AddTicks(ticks));

        var receipt = await (await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021"))).ShouldBeAsync(201);

        ((bool?)receipt["late"]).ShouldBe(late);
    }

    [Fact]
    public async Task An_extension_after_a_late_filing_is_for_a_correction_and_forgives_nothing()
    {
        var county = await OpenAsync();
        var unit = county.Units[0];
        api.Clock.Set(february);
        await county.Clerk.FileAsync(county.Year, unit, Report.Zero("2021"));

        await county.ExtendAsync(unit);
        var corrected = await (await county.Clerk.FileAsync(county.Year, unit, RealReports.Mabu2021)).ShouldBeAsync(201);

        ((bool?)corrected["late"]).ShouldBe(true);
        ((bool?)(await county.LineAsync(unit))["late"]).ShouldBe(true);
        await county.PutYearAsync("""{"dueDate":"2022-02-05"}""");
        ((bool?)(await county.LineAsync(unit))["late"]).ShouldBe(false, "a later day for all is another matter");
    }

    [Fact]
    public async Task The_county_may_set_another_day()
    {
        var county = await OpenAsync();
        await county.Clerk.PutAsync(county.Year, """{"dueDate":"2022-01-15"}""".AsJson());
        api.Clock.Set(FakeClock.Shanghai(2022, 1, 16, 0, 0, 0));

        var receipt = await (await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021"))).ShouldBeAsync(201);

        ((bool?)receipt["late"]).ShouldBe(true);
    }

    [Fact]
    public async Task A_correction_in_February_of_a_report_filed_in_January_is_not_late()
    {
        var county = await OpenAsync();
        await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021"));
        api.Clock.Set(february);

        var receipt = await (await county.Clerk.FileAsync(county.Year, county.Units[0], RealReports.Mabu2021)).ShouldBeAsync(201);

        ((bool?)receipt["late"]).ShouldBe(false);
        ((DateTimeOffset?)receipt["filedAt"]).ShouldBe(february);
        ((DateTimeOffset)(await county.LineAsync(county.Units[0]))["filedAt"]!).ShouldBe(FakeClock.InJanuary2022().GetUtcNow());
    }

    [Fact]
    public async Task A_draft_in_January_does_not_keep_the_day()
    {
        var county = await OpenAsync();
        await (await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021").With("requests.received.total", 1))).ShouldRefuseAsync(422, "hard_findings");
        api.Clock.Set(february);

        var receipt = await (await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021"))).ShouldBeAsync(201);

        ((bool?)receipt["late"]).ShouldBe(true);
    }

    async Task<TestCounty> OpenAsync()
    {
        api.Clock.Set(FakeClock.InJanuary2022().GetUtcNow());
        return await api.OpenCountyAsync();
    }
}
