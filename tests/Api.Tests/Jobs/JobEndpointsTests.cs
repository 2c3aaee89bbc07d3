using System.Text.Json.Nodes;

namespace Aggregator.Api.Tests.Jobs;

public sealed class JobEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_edition_is_a_run_from_its_request_on_and_only_its_county_and_the_operator_see_it()
    {
        var (county, other, @operator) = (await api.OpenCountyAsync(), await api.OpenCountyAsync(), await api.OperatorAsync());
        await (await county.Clerk.PostAsync($"{county.Year}/editions", null, Token)).ShouldBeAsync(202);

        var queued = (await county.Clerk.GetListAsync("/api/v1/jobs?job=build_edition")).Single()!;
        await api.BuildEditionsAsync();
        var done = await @operator.GetJsonAsync($"/api/v1/jobs/{queued["id"]}");

        ((string?)queued["state"]).ShouldBe("queued");
        ((string?)queued["label"]).ShouldBe("生成定稿");
        ((string?)done["state"]).ShouldBe("done");
        ((int?)done["done"], (int?)done["total"], (string?)done["county"]).ShouldBe((1, 1, county.Code));
        (await other.Clerk.GetListAsync("/api/v1/jobs")).ShouldBeEmpty();
        await (await other.Clerk.GetAsync($"/api/v1/jobs/{queued["id"]}", Token)).ShouldRefuseAsync(404, "run_not_found");
    }

    [Fact]
    public async Task A_failed_run_is_retried_as_one_new_run()
    {
        var @operator = await api.OperatorAsync();
        var failed = await InsertAsync("clean_up", "failed");

        var (first, second) = (await @operator.PostAsync($"/api/v1/jobs/{failed}/retry", null, Token), await @operator.PostAsync($"/api/v1/jobs/{failed}/retry", null, Token));

        var run = await first.ShouldBeAsync(202);
        ((long?)run["retryOf"], (string?)run["state"], (string?)run["job"]).ShouldBe((failed, "queued", "clean_up"));
        first.Headers.Location!.ToString().ShouldBe($"/api/v1/jobs/{run["id"]}");
        ((long?)(await second.ShouldBeAsync(202))["id"]).ShouldBe((long?)run["id"]);
        await (await @operator.PostAsync($"/api/v1/jobs/{run["id"]}/retry", null, Token)).ShouldRefuseAsync(409, "run_not_failed");
        await (await @operator.PostAsync($"/api/v1/jobs/{await InsertAsync("build_edition", "failed")}/retry", null, Token)).ShouldRefuseAsync(409, "not_retryable");
    }

    [Fact]
    public async Task Pausing_and_resuming_is_written_down_once()
    {
        var @operator = await api.OperatorAsync();

        foreach (var step in (string[])["pause", "pause", "resume", "resume"])
        {
            (await @operator.PostAsync($"/api/v1/jobs/recheck_totals/{step}", null, Token)).StatusCode.ShouldBe(System.Net.HttpStatusCode.NoContent);
        }

        (await @operator.GetListAsync("/api/v1/audit?subject=recheck_totals")).Select(l => (string?)l!["action"]).ShouldBe(["pause_job", "resume_job"]);
        await (await @operator.PostAsync("/api/v1/jobs/build_edition/pause", null, Token)).ShouldRefuseAsync(404, "job_not_found");
    }

    [Fact]
    public async Task Polling_gets_304_until_something_has_changed()
    {
        var @operator = await api.OperatorAsync();
        var address = $"/api/v1/jobs/{await InsertAsync("recheck_totals", "running")}";
        var first = await @operator.GetAsync(address, Token);
        @operator.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);

        (await @operator.GetAsync(address, Token)).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotModified);
        await api.Database.ScalarAsync<int>("update job_run set done = 3, total = 7 where state = 'running'");
        ((int?)(await @operator.GetJsonAsync(address))["done"]).ShouldBe(3);
    }

    [Fact]
    public async Task Events_tell_each_change_and_end_with_the_run()
    {
        var @operator = await api.OperatorAsync();
        var run = await InsertAsync("clean_up", "running");
        using var response = await @operator.GetAsync($"/api/v1/jobs/{run}/events", HttpCompletionOption.ResponseHeadersRead, Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));

        var first = await EventAsync(reader);
        await api.Database.ScalarAsync<int>($"update job_run set done = 2, total = 4 where id = {run}");
        var second = await EventAsync(reader);
        await api.Database.ScalarAsync<int>($"update job_run set state = 'done', done = 4, ended_at = now() where id = {run}");
        var last = await EventAsync(reader);

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        response.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
        ((int?)first["done"], (int?)second["done"], (string?)last["state"]).ShouldBe((0, 2, "done"));
        (await reader.ReadToEndAsync(Token)).Trim().ShouldBe("", "nothing comes after the end");
    }

    [Fact]
    public async Task A_caller_has_four_streams_and_gets_one_back_by_closing_it()
    {
        var @operator = await api.OperatorAsync();
        var address = $"/api/v1/jobs/{await InsertAsync("clean_up", "running")}/events";
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < 4; i++)
        {
            open.Add(await @operator.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, Token));
        }

        await (await @operator.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, Token)).ShouldRefuseAsync(429, "too_many_streams");
        open[0].Dispose();
        for (var attempt = 0; ; attempt++)
        {
            open[0] = await @operator.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, Token);
            if (open[0].IsSuccessStatusCode)
            {
                break;
            }

            attempt.ShouldBeLessThan(100);
            await Task.Delay(100, Token);
        }

        open.ForEach(o => o.Dispose());
    }

    static async Task<JsonNode> EventAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonNode.Parse(line["data: ".Length..])!;
            }
        }

        throw new EndOfStreamException();
    }

    async Task<long> InsertAsync(string job, string state) => await api.Database.ScalarAsync<long>($"""
        insert into job_run (job, key, state, queued_at, queued_by, started_at) values ('{job}', '{Guid.NewGuid()}', '{state}', now(), 'clock', now()) returning id
        """);
}
