using System.Diagnostics;
using Aggregator.Testing;

namespace Aggregator.Deploy.Tests;

/// <summary>
/// What <c>dotnet publish</c> puts out, as it is installed: in folders that nobody can write, run by a user who is nobody in
/// particular (as root: by PostgreSQL's, who alone may reach the tests' server) and has no home.
/// </summary>
public sealed class PublishedTests : IAsyncLifetime
{
    readonly string folder = Shell.NewFolder();
    readonly List<Process> running = [];
    TestDatabase? database;

    [Fact]
    public async Task It_migrates_takes_a_report_and_adds_it_up()
    {
        var migrate = Start("Worker", ["migrate"]);
        await migrate.WaitForExitAsync(TestContext.Current.CancellationToken);
        migrate.ExitCode.ShouldBe(0);
        var address = AggregatorProcess.FreeAddress();
        var api = Start("Api", [], ("ASPNETCORE_URLS", address.ToString()));
        Start("Worker", []);
        await AggregatorProcess.ReadyAsync(address, () => api.HasExited);

        using var clerk = await County.OpenAsync(address, database!.ConnectionString);
        (await clerk.FileAsync(County.Units[0], 3)).EnsureSuccessStatusCode();
        (await clerk.GetAsync("/openapi/v1.json")).EnsureSuccessStatusCode();
        (await clerk.GetAsync("/sign-in")).EnsureSuccessStatusCode();

        for (var attempt = 0; (int)(await clerk.GetJsonAsync($"{County.Year}/totals"))["units"]!["included"]! == 0; attempt++)
        {
            attempt.ShouldBeLessThan(600);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        running.Count(process => !process.HasExited).ShouldBe(2);
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateEmptyAsync();
        foreach (var project in (string[])["Api", "Worker"])
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            await Shell.RunAsync("dotnet", "publish", $"src/{project}", "-c", configuration, "--no-build", "-v", "quiet", "-o", $"{folder}/{project}");
        }

        await Shell.RunAsync("chmod", "-R", "a-w", folder);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in running)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }

        await Shell.RunAsync("chmod", "-R", "u+w", folder);
        Directory.Delete(folder, recursive: true);
    }

    Process Start(string project, string[] arguments, params (string Name, string Value)[] environment)
    {
        string[] command = ["dotnet", $"{folder}/{project}/Aggregator.{project}.dll", .. arguments];
        string[] whole = Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--no-new-privs", .. command] : command;
        var start = new ProcessStartInfo(whole[0], whole[1..]) { WorkingDirectory = $"{folder}/{project}" };
        start.Environment["ConnectionStrings__Aggregator"] = database!.ConnectionString;
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["HOME"] = "/nonexistent";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        running.Add(process);
        return process;
    }
}
