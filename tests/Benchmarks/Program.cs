using Aggregator.Benchmarks;
using Aggregator.Testing;

var connectionString = Environment.GetEnvironmentVariable("ConnectionStrings__Aggregator");
var pgbench = Environment.GetEnvironmentVariable("PGBENCH");
if (connectionString is null || pgbench is null)
{
    Console.Error.WriteLine("Start tests/Benchmarks/run.sh, which brings a database along.");
    return 2;
}

var only = args is [var word, ..] ? word : null;
var rounds = args is [_, var number] ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : 3;
var table = new Table();

if (only is null or "check")
{
    CheckFigure.Measure(table);
}

if (only is null or "documents")
{
    await DocumentFigures.MeasureAsync(table);
}

if (only is null or "submissions" or "freshness")
{
    var nation = await Nation.FoundAsync(connectionString);
    var (api, address) = await AggregatorProcess.StartApiAsync(connectionString);
    using (api)
    {
        if (only != "freshness")
        {
            await new SubmissionFigure(nation, api, address, new PgBench(pgbench, connectionString)).MeasureAsync(table, rounds);
        }

        if (only != "submissions")
        {
            await FreshnessFigure.MeasureAsync(table, nation, address);
        }
    }
}

table.Print(Console.Out);
return 0;
