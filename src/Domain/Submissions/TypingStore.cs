using Dapper;
using Npgsql;

namespace Aggregator.Submissions;

/// <summary>What a clerk has typed into the form and not yet saved.</summary>
/// <param name="Form">Code of the form.</param>
/// <param name="Seen">Newest revision when the typing began; once there is a newer one, this is out of date.</param>
/// <param name="Cells">What stands in each field, in cell order; texts, not numbers.</param>
/// <param name="Prose">The texts, in the order of the form's prose.</param>
/// <param name="PublishedAt">Day of publication as it was typed.</param>
/// <param name="PublishedUrl">Address of publication as it was typed.</param>
/// <param name="Actor">Who typed it.</param>
/// <param name="At">When it was kept.</param>
public sealed record Typing(string Form, int Seen, string[] Cells, string[] Prose, string PublishedAt, string PublishedUrl, string Actor, DateTimeOffset At);

/// <summary>
/// Keeps what is being typed, so that neither a closed window nor an ended session takes it away. One for each report; it is
/// no revision, counts nowhere and is thrown away when the report is saved.
/// </summary>
public sealed class TypingStore(NpgsqlDataSource database)
{
    const string Upsert = """
        insert into typing (county, year, unit, form, seen, cells, prose, published_at, published_url, actor, at)
        values (@county, @year, @unit, @Form, @Seen, @Cells, @Prose, @PublishedAt, @PublishedUrl, @Actor, @At)
        on conflict (county, year, unit) do update set form = excluded.form, seen = excluded.seen, cells = excluded.cells, prose = excluded.prose,
            published_at = excluded.published_at, published_url = excluded.published_url, actor = excluded.actor, at = excluded.at
        """;

    const string Select = """
        select form, seen, cells, prose, published_at, published_url, actor, at from typing where county = @county and year = @year and unit = @unit
        """;

    const string Delete = "delete from typing where county = @county and year = @year and unit = @unit";

    /// <summary>Keeps it in place of what was kept before.</summary>
    public async Task KeepAsync(string county, int year, string unit, Typing typing, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(
            Upsert,
            new { county, year, unit, typing.Form, typing.Seen, typing.Cells, typing.Prose, typing.PublishedAt, typing.PublishedUrl, typing.Actor, typing.At },
            cancellationToken: token));
    }

    /// <summary>What is kept, if anything.</summary>
    public async Task<Typing?> FindAsync(string county, int year, string unit, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        return await connection.QuerySingleOrDefaultAsync<Typing>(new CommandDefinition(Select, new { county, year, unit }, cancellationToken: token));
    }

    /// <summary>Throws it away.</summary>
    public async Task DropAsync(string county, int year, string unit, CancellationToken token)
    {
        await using var connection = await database.OpenConnectionAsync(token);
        await connection.ExecuteAsync(new CommandDefinition(Delete, new { county, year, unit }, cancellationToken: token));
    }
}
