using Aggregator.Access;
using Aggregator.Database;
using Npgsql;

namespace Aggregator.Worker;

/// <summary>
/// What the Worker does: <c>migrate</c> brings the database to this release, <c>operator-key</c> prints a new operator key,
/// <c>operator-account</c> makes an operator's account and prints its one-time password, and without a word it works.
/// </summary>
static class Commands
{
    const string Usage = "Usage: Aggregator.Worker [migrate | operator-key | operator-account LOGIN]";

    /// <summary>Runs one command; the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, HostApplicationBuilder builder, string connectionString)
    {
        try
        {
            return await TryRunAsync(args, builder, connectionString);
        }
        catch (NpgsqlException e)
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

            case [var word, ..] when !word.StartsWith('-'):
                Console.Error.WriteLine(Usage);
                return 2;

            default:
                await builder.Build().RunAsync();
                return 0;
        }
    }
}
