using Aggregator.Benchmarks;
using Aggregator.Testing;

if (args is ["floor", var floor])
{
    await Floor.ServeAsync(floor);
    return 0;
}

var connectionString = Environment.GetEnvironmentVariable("ConnectionStrings__Aggregator");
var program = Environment.GetEnvironmentVariable("PGBENCH");
if (connectionString is null || program is null)
{
    Console.Error.WriteLine("Start tests/Benchmarks/run.sh, which brings a database along.");
    return 2;
}

var only = args is [var word, ..] ? word : null;
var rounds = args is [_, var number] ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : 3;
if (only == "growth")
{
    await GrowthFigure.MeasureAsync(connectionString, Path.Combine(Repository.Root, "docs/growth.svg"));
    return 0;
}

var table = new Table();

if (Wanted("check"))
{
    CheckFigure.Measure(table);
}

if (Wanted("documents"))
{
    await DocumentFigures.MeasureAsync(table);
}

if (only is not ("check" or "documents"))
{
    var (nation, pgbench) = (await Nation.FoundAsync(connectionString), new PgBench(program, connectionString));
    if (only == "scale")
    {
        await new ScaleFigure(nation).MeasureAsync(table);
        table.Print(Console.Out);
        return 0;
    }

    if (Wanted("start"))
    {
        await StartFigure.MeasureAsync(table, nation, rounds);
    }

    var (api, address) = await AggregatorProcess.StartApiAsync(
        connectionString, ("Access__RequestsPerMinute", "10000000"), ("Access__AnonymousRequestsPerMinute", "10000000"));
    using (api)
    {
        if (Wanted("reads"))
        {
            await new ReadFigure(nation, api, address, pgbench).MeasureAsync(table, rounds);
        }

        if (Wanted("submissions"))
        {
            await new SubmissionFigure(nation, api, address, pgbench).MeasureAsync(table, rounds);
        }

        if (Wanted("freshness"))
        {
            await FreshnessFigure.MeasureAsync(table, nation, address);
        }

        if (Wanted("totals"))
        {
            await new TotalsFigure(nation, address).MeasureAsync(table);
        }

        table.Add("memory of the Api, at most", "–", $"{Memory.Most(api.Id):0} MB", null, "< 250 MB");
    }
}

table.Print(Console.Out);
return 0;

bool Wanted(string figure) => only is null || only == figure;
