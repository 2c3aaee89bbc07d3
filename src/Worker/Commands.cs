using System.Globalization;
using Aggregator.Access;
using Aggregator.Database;
using Aggregator.Years;

namespace Aggregator.Worker;

/// <summary>
/// What the Worker does: <c>migrate</c> brings the database to this release, <c>operator-key</c> prints a new operator key,
/// <c>operator-account</c> makes an operator's account and prints its one-time password, <c>export</c> and <c>import</c> write and read
/// a county's year as a file, <c>erase-person</c> forgets somebody, and without a word it works.
/// </summary>
static class Commands
{
    const string Usage = "Usage: Aggregator.Worker [migrate | operator-key | operator-account LOGIN | export COUNTY YEAR FILE | import FILE | erase-person ADDRESS-OR-LOGIN]";

    /// <summary>Runs one command; the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, HostApplicationBuilder builder, string connectionString)
    {
        try
        {
            return await TryRunAsync(args, builder, connectionString);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        catch (Exception e) when (AggregatorDatabase.HasFailed(e))
        {
            Console.Error.WriteLine($"The database does not do it: {e.Message}");
            return 1;
        }
    }

    static async Task<int> TryRunAsync(string[] args, HostApplicationBuilder builder, string connectionString)
    {
        switch (args)
        {
            case ["migrate"]:
                var applied = await Migrator.MigrateAsync(connectionString, CancellationToken.None);
                await Schedule.ProvisionAsync(connectionString, CancellationToken.None);
                Console.WriteLine(applied.Count == 0 ? "The database is up to date." : $"Applied {string.Join(", ", applied)}.");
                return 0;

            case ["operator-key"]:
                await using (var database = AggregatorDatabase.Open(connectionString, AggregatorDatabase.ApiRole))
                {
                    var created = await new KeyStore(database, TimeProvider.System)
                        .CreateAsync(Role.Operator, "", null, "console", CancellationToken.None);
                    Console.WriteLine(created.Value!.Key);
                }

                return 0;

            case ["operator-account", var login]:
                await using (var database = AggregatorDatabase.Open(connectionString, AggregatorDatabase.ApiRole))
                {
                    var accounts = new AccountStore(database, Password.Hasher, AccessSettings.Default, TimeProvider.System);
                    var made = await accounts.CreateAsync(login, login, Role.Operator, "", "console", CancellationToken.None);
                    if (!made.Is(out var issued, out var refusal))
                    {
                        Console.Error.WriteLine(refusal.Detail);
                        return 1;
                    }

                    Console.WriteLine(issued.Password);
                }

                return 0;

            case ["export", var county, var digits, var file] when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var year):
                await using (var database = AggregatorDatabase.Open(connectionString))
                await using (var to = new FileStream(file, FileMode.CreateNew, FileAccess.Write))
                {
                    var exported = await new ArchiveStore(database, TimeProvider.System).ExportAsync(county, year, to, CancellationToken.None);
                    if (exported.Refusal is not null)
                    {
                        File.Delete(file);
                    }

                    return Tell(exported, to.Length);
                }

            case ["import", var file]:
                await using (var database = AggregatorDatabase.Open(connectionString))
                await using (var from = File.OpenRead(file))
                {
                    return Tell(await new ArchiveStore(database, TimeProvider.System).ImportAsync(from, CancellationToken.None), from.Length);
                }

            case ["erase-person", var person]:
                await using (var database = AggregatorDatabase.Open(connectionString))
                {
                    var erased = await new PersonalDataStore(database, TimeProvider.System).EraseAsync(person, CancellationToken.None);
                    Console.WriteLine($"Erased from the contacts of {erased.Units} units, from {erased.Mails} mails, and {erased.Accounts} accounts.");
                    return erased is { Units: 0, Mails: 0, Accounts: 0 } ? 1 : 0;
                }

            case [var word, ..] when !word.StartsWith('-'):
                Console.Error.WriteLine(Usage);
                return 2;

            default:
                await builder.Build().RunAsync();
                return 0;
        }
    }

    static int Tell(Outcome<ArchiveManifest> outcome, long bytes)
    {
        if (!outcome.Is(out var manifest, out var refusal))
        {
            Console.Error.WriteLine(refusal.Detail);
            return 1;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{manifest.County} {manifest.Year}: {manifest.Entries.Sum(e => e.Lines ?? 0)} lines, {manifest.Entries.Count(e => e.Lines is null)} received files, {bytes} bytes."));
        return 0;
    }
}
