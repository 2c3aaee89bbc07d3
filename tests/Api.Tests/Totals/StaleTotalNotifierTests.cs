using Aggregator.Testing;
using Aggregator.Totals;
using Npgsql;

namespace Aggregator.Api.Tests.Totals;

public sealed class StaleTotalNotifierTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_workers_are_woken_within_a_second_of_a_report_and_find_its_mark()
    {
        var county = await api.OpenCountyAsync();
        await api.RefreshTotalsAsync();
        await Task.Delay(200); // What opening the year has sent.
        await using var connection = new NpgsqlConnection(api.Database.ConnectionString);
        await connection.OpenAsync();
        await using (var listen = new NpgsqlCommand($"listen {TotalStore.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync();
        }

        await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021"));

        (await connection.WaitAsync(TimeSpan.FromSeconds(1))).ShouldBeTrue();
        (await api.Database.ScalarAsync<long>($"select count(*) from stale_total where division = '{county.Code}'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_draft_makes_nothing_stale()
    {
        var county = await api.OpenCountyAsync();
        await api.RefreshTotalsAsync();

        await county.Clerk.FileAsync(county.Year, county.Units[0], Report.Zero("2021").With("requests.received.total", 1));

        (await api.Database.ScalarAsync<long>("select count(*) from stale_total")).ShouldBe(0);
    }
}
