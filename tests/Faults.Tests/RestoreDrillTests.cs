using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Aggregator.Faults.Tests;

/// <summary>
/// A county's server is destroyed, and comes back from what <c>deploy/backup.sh</c> had copied, as it was a second before; and its year is
/// carried to another installation as a file.
/// </summary>
public sealed class RestoreDrillTests
{
    static readonly int reports = int.TryParse(Environment.GetEnvironmentVariable("AGGREGATOR_DRILL_REPORTS"), CultureInfo.InvariantCulture, out var count) ? count : 40;

    [Fact]
    public async Task What_was_acknowledged_comes_back_after_the_server_was_destroyed()
    {
        var random = new Random(1);
        var folder = Directory.CreateTempSubdirectory("aggregator-drill-");
        var backup = Path.Combine(folder.FullName, "backup");
        await using var stage = await Stage.OpenAsync(random, Release.Current, folder.FullName);
        using (var log = await StartLogAsync(stage, backup))
        {
            await stage.UnderLoadAsync(() => stage.SentAsync(reports / 2));
            var copying = Stopwatch.StartNew();
            await Shell.RunAsync(Shell.Script("backup.sh"), "base", stage.Cluster.Folder, backup);
            copying.Stop();
            await stage.UnderLoadAsync(() => stage.SentAsync(reports));
            await stage.CheckAsync(turnPage: false);
            await CarryAsync(stage, folder.FullName);

            // The last second at which all was well; then a hand slips, and then the disk goes as well.
            var well = await stage.Cluster.ScalarAsync<string>("select clock_timestamp()::text");
            await Task.Delay(1000);
            await stage.Cluster.ScalarAsync<int>("delete from revision; delete from audit; update filing set revision = 0");
            await stage.Cluster.WaitForLogAsync();
            await Shell.SignalAsync("TERM", log.Id);
            await log.WaitForExitAsync();
            var restoring = Stopwatch.StartNew();
            await stage.Cluster.RestoreAsync(backup, well!);
            restoring.Stop();
            await stage.WaitUntilReadyAsync();
            FaultTests.Say(string.Create(CultureInfo.InvariantCulture,
                $"{stage.Counts.Acknowledged} reports: base {Size(backup, "base-")} in {copying.Elapsed.TotalSeconds:0.0} s, log {Size(backup, "wal")}, restored in {restoring.Elapsed.TotalSeconds:0.0} s"));
        }

        await stage.CheckAsync(turnPage: false);

        stage.Counts.Defects.ShouldBeEmpty();
        folder.Delete(recursive: true);
    }

    /// <summary>The year as a file, read by another installation; both by the Worker's own commands.</summary>
    static async Task CarryAsync(Stage stage, string folder)
    {
        var file = Path.Combine(folder, "year.zip");
        var exporting = Stopwatch.StartNew();
        await Program.CommandAsync(Release.Current, stage.Cluster.ConnectionString, "export", stage.County, "2021", file);
        exporting.Stop();
        await stage.Cluster.ScalarAsync<int>("create database other");
        var other = new NpgsqlConnectionStringBuilder(stage.Cluster.ConnectionString) { Database = "other" }.ConnectionString;
        await Program.CommandAsync(Release.Current, other, "migrate");
        var importing = Stopwatch.StartNew();
        await Program.CommandAsync(Release.Current, other, "import", file);
        importing.Stop();
        var again = await Program.TryCommandAsync(Release.Current, other, "import", file);
        again.Code.ShouldBe(1);
        again.Complaint.ShouldContain("导入不覆盖已有数据");
        await using (var connection = new NpgsqlConnection(other))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(Stage.Digest, connection);
            (await command.ExecuteScalarAsync()).ShouldBe(await stage.Cluster.ScalarAsync<string>(Stage.Digest));
        }

        await stage.Cluster.ScalarAsync<int>("drop database other");
        FaultTests.Say(string.Create(CultureInfo.InvariantCulture,
            $"{stage.Counts.Acknowledged} reports: exported in {exporting.Elapsed.TotalSeconds:0.0} s to {new FileInfo(file).Length / 1e6:0.0} MB, imported in {importing.Elapsed.TotalSeconds:0.0} s"));
    }

    static async Task<Process> StartLogAsync(Stage stage, string backup)
    {
        var log = Process.Start(new ProcessStartInfo(Shell.Script("backup.sh"), ["wal", stage.Cluster.Folder, backup]))!;
        while (!Directory.Exists(Path.Combine(backup, "wal")) || Directory.GetFiles(Path.Combine(backup, "wal")).Length == 0)
        {
            log.HasExited.ShouldBeFalse("backup.sh wal runs until it is stopped");
            await Task.Delay(20);
        }

        return log;
    }

    static string Size(string backup, string prefix) => string.Create(CultureInfo.InvariantCulture,
        $"{Directory.GetDirectories(backup, prefix + "*").SelectMany(d => Directory.GetFiles(d)).Sum(f => new FileInfo(f).Length) / 1e6:0.0} MB");
}
