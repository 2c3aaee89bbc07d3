using System.Globalization;

namespace Aggregator.Benchmarks;

/// <summary>Processor time that processes have used so far, from /proc.</summary>
static class CpuTime
{
    const double TicksPerSecond = 100; // USER_HZ, the same on every Linux architecture that .NET runs on

    /// <summary>One process, in seconds.</summary>
    public static double Of(int process) => Read(process) is var (own, _, _) ? own / TicksPerSecond : 0;

    /// <summary>Those children of this program that have ended, in seconds.</summary>
    public static double OfEndedChildren() => Read(Environment.ProcessId) is var (_, ended, _) ? ended / TicksPerSecond : 0;

    /// <summary>A process, its children, and those of its children that have ended: all of a PostgreSQL server, in seconds.</summary>
    public static double OfFamily(int parent)
    {
        while (true)
        {
            if (Read(parent) is not var (own, ended, _))
            {
                return 0;
            }

            var ticks = own + ended;
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                    && Read(id) is var (child, _, of) && of == parent)
                {
                    ticks += child;
                }
            }

            // A child that ended in between would be counted neither as living nor as ended.
            if (Read(parent) is var (_, now, _) && now == ended)
            {
                return ticks / TicksPerSecond;
            }
        }
    }

    static (long Own, long Ended, int Parent)? Read(int process)
    {
        try
        {
            // The name, in parentheses, may hold blanks; what follows it does not. Field 3 of proc(5) is fields[0] here.
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (Number(11) + Number(12), Number(13) + Number(14), (int)Number(1));

            long Number(int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null; // It has just ended.
        }
    }
}
