using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aggregator.Forms;

namespace Aggregator.Fuzz.Tests;

/// <summary>A request as it goes over the wire.</summary>
/// <param name="Number">Its number; with the run's seed it makes the same request again.</param>
/// <param name="Caller">Who sends it.</param>
/// <param name="Endpoint">What it began as.</param>
/// <param name="Bytes">Head and body.</param>
/// <param name="HasAnswerBody">Whether its answer has a body.</param>
/// <param name="IsWhole">Whether it is a whole request, or one at which a server may hang up.</param>
sealed record Request(int Number, Caller Caller, Endpoint Endpoint, byte[] Bytes, bool HasAnswerBody, bool IsWhole);

/// <summary>Makes requests: a right one for an endpoint, and then, most times, something wrong with it.</summary>
sealed partial class Generator(World world, Contract contract, int seed)
{
    static readonly string[] fields = [.. Form.Find("2021")!.Cells.Select(c => c.Path), "prose.overview", "prose.problems", "prose.other", "publishedAt", "publishedUrl", "seen", "do",
        "reason", "text", "path", "rule", "login", "password", "newPassword", "currentPassword", "repeated", "returnUrl", "typed.x", "expected", "dueDate", "revision", "unit"];

    // Heavy ones come seldom, or they would be all that a run does.
    readonly Endpoint[] deck = [.. contract.Endpoints.SelectMany(e => Enumerable.Repeat(e, e.Converts ? 1 : e.Hashes ? 3 : e.Path.EndsWith("/submissions", StringComparison.Ordinal) ? 200 : e.BodyType == "application/json" ? 30 : 15))];

    /// <summary>The request with a number.</summary>
    public Request Make(int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        // Every endpoint meets every caller in turn; what is left to chance is the rest.
        var endpoint = number < contract.Endpoints.Count * world.Callers.Count ? contract.Endpoints[number / world.Callers.Count] : Contract.Pick(random, deck);
        var caller = number < contract.Endpoints.Count * world.Callers.Count ? world.Callers[number % world.Callers.Count] : Contract.Pick(random, world.Callers);
        var (place, abuse) = (Place.Of(world, caller, random), random.Next(14));

        var method = abuse == 0 ? Contract.Pick(random, Hostile.Methods) : endpoint.Method;
        var (type, body) = Body(endpoint, caller, place, random, hostile: abuse is >= 4 and <= 8);
        var target = Target(endpoint, place, random, hostile: abuse is 1 or 2 or 9);
        var headers = new StringBuilder("Host: localhost\r\n").Append(caller.Headers);
        if (caller is { ByKey: false } && endpoint.Method != "GET" && random.Next(12) > 0)
        {
            headers.Append(CultureInfo.InvariantCulture, $"X-Antiforgery-Token: {caller.Antiforgery}\r\n");
        }

        if (endpoint.Path.Contains("/api/", StringComparison.Ordinal) ? random.Next(8) == 0 : random.Next(3) > 0)
        {
            headers.Append("Accept: text/html\r\n");
        }

        if (endpoint.Path.EndsWith("/submissions", StringComparison.Ordinal) && random.Next(2) == 0)
        {
            headers.Append(CultureInfo.InvariantCulture, $"{(random.Next(3) == 0 ? "If-Match: \"" : "Idempotency-Key: \"")}{random.Next(1, 40)}\"\r\n");
        }

        if (abuse is 3 or 9)
        {
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var (name, value) = random.Next(6) == 0 ? ($"X-{random.Next(99)}", Hostile.Text(random).ReplaceLineEndings("").Replace("\0", "", StringComparison.Ordinal)) : Contract.Pick(random, Hostile.Headers);
                if (name == "Content-Type")
                {
                    type = value;
                }
                else
                {
                    headers.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
                }
            }
        }

        if (type.Length > 0)
        {
            headers.Append(CultureInfo.InvariantCulture, $"Content-Type: {type}\r\n");
        }

        var (framed, isWhole) = Frame(headers, body, random, oddly: random.Next(25) == 0);
        var head = Encoding.UTF8.GetBytes($"{method} {target} HTTP/1.{(random.Next(200) == 0 ? 0 : 1)}\r\n{headers}\r\n");
        return new Request(number, caller, endpoint, [.. head, .. framed], !method.Equals("HEAD", StringComparison.OrdinalIgnoreCase), isWhole);
    }

    static string Target(Endpoint endpoint, Place place, Random random, bool hostile)
    {
        var path = PathParameter().Replace(endpoint.Path, m => hostile && random.Next(3) == 0
            ? random.Next(2) == 0 ? Contract.Pick(random, Hostile.Segments) : Escaped(Hostile.Text(random))
            : Uri.EscapeDataString(Contract.Text(m.Groups[1].Value, null, random, place)));
        var query = new List<string>();
        foreach (var name in endpoint.Parameters.Where(_ => random.Next(3) > 0))
        {
            query.Add($"{name}={Uri.EscapeDataString(Contract.Text(name, null, random, place))}");
        }

        if (hostile && random.Next(2) == 0)
        {
            string[] known = [.. endpoint.Parameters, "after", "year", "revision", "returnUrl", "q", "sort", "state", "a[]", "", "dryRun"];
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                query.Add($"{Contract.Pick(random, known)}={(random.Next(3) == 0 ? Contract.Pick(random, Hostile.Segments).Replace(" ", "", StringComparison.Ordinal) : Escaped(Hostile.Text(random)))}");
            }
        }

        if (hostile && random.Next(8) == 0)
        {
            path = random.Next(8) switch
            {
                0 => path + "/",
                1 => path.Replace("/", "//", StringComparison.Ordinal),
                2 => "/./x/.." + path,
                3 => path.ToUpperInvariant(),
                4 => "http://evil.example" + path,
                5 => path.Replace("/", "%2f", StringComparison.Ordinal),
                6 => path + new string('a', random.Next(2) == 0 ? 5_000 : 20_000),
                _ => path.Replace("/", "\\", StringComparison.Ordinal),
            };
        }

        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    /// <summary>Percent-encoded bytes, those of a lone surrogate too.</summary>
    static string Escaped(string text) => string.Concat(text.Take(2_000).Select(c => char.IsSurrogate(c) ? $"%ED%{0xA0 | ((c >> 6) & 0x1F):X2}%{0x80 | (c & 0x3F):X2}" : Uri.EscapeDataString(c.ToString())));

    (string Type, byte[] Body) Body(Endpoint endpoint, Caller caller, Place place, Random random, bool hostile)
    {
        switch (endpoint.BodyType)
        {
            case "":
                return hostile && random.Next(4) == 0 ? ("application/json", Encoding.UTF8.GetBytes(Contract.Pick(random, Hostile.Json))) : ("", []);
            case "application/json":
                var node = contract.Fitting(endpoint.Body!, "", random, place);
                return (random.Next(30) == 0 ? "application/json; charset=utf-8" : "application/json", hostile ? Mutation.Write(node, random) : Encoding.UTF8.GetBytes(node?.ToJsonString() ?? "null"));
            case "text/csv":
                return (random.Next(4) == 0 ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv", Sheet(place, random, hostile));
            case "multipart/form-data":
                return Multipart(caller, random, hostile);
            default:
                return endpoint.Path.EndsWith("document", StringComparison.Ordinal) && random.Next(4) > 0 ? Multipart(caller, random, hostile) : (endpoint.BodyType, Typed(caller, place, random, hostile));
        }
    }

    static byte[] Typed(Caller caller, Place place, Random random, bool hostile)
    {
        var form = new List<string>();
        if (caller.Antiforgery.Length > 0 && random.Next(4) > 0)
        {
            form.Add($"antiforgery={Uri.EscapeDataString(caller.Antiforgery)}");
        }

        foreach (var field in fields.Where(_ => random.Next(10) < 9))
        {
            form.Add($"{field}={(hostile && random.Next(40) == 0 ? Escaped(Hostile.Text(random)) : field.Contains("prose", StringComparison.Ordinal) ? "%E6%AD%A3%E6%96%87" : field.Split('.').Length > 1 ? "0" : Uri.EscapeDataString(Contract.Text(field, null, random, place)))}");
        }

        if (hostile)
        {
            switch (random.Next(6))
            {
                case 0:
                    form.AddRange(Enumerable.Range(0, random.Next(2) == 0 ? 50 : 3_000).Select(i => $"x{i}=1"));
                    break;
                case 1:
                    form.Add(Contract.Pick(random, Hostile.Segments) + "=" + Contract.Pick(random, Hostile.Segments));
                    break;
                case 2:
                    form.Add(new string('k', 5_000) + "=1");
                    break;
                case 3:
                    form.AddRange([.. form.Take(10)]);
                    break;
            }
        }

        return Encoding.UTF8.GetBytes(string.Join('&', form));
    }

    static (string Type, byte[] Body) Multipart(Caller caller, Random random, bool hostile)
    {
        var boundary = hostile && random.Next(8) == 0 ? Contract.Pick(random, ["", "b b", "--", "\"q\"", new string('b', 70)]) : "fuzzboundary";
        using var body = new MemoryStream();
        void Write(string text) => body.Write(Encoding.UTF8.GetBytes(text));
        if (caller.Antiforgery.Length > 0)
        {
            Write($"--{boundary}\r\nContent-Disposition: form-data; name=\"antiforgery\"\r\n\r\n{caller.Antiforgery}\r\n");
        }

        for (var parts = hostile ? random.Next(8) switch { 0 => 0, 1 => 2, 2 => 200, _ => 1 } : 1; parts > 0; parts--)
        {
            var name = hostile ? Contract.Pick(random, ["../../etc/cron.d/x", "C:\\x.docx", "a\0.docx", "=1+1.docx", "\u202excod.exe", new string('长', 300), "", "x.docx\"; name=\"y", "con", "<b>.html"]) : "年报.txt";
            Write($"--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"{(random.Next(8) == 0 ? "; filename*=UTF-8''%2e%2e%2fx%ff" : "")}\r\nContent-Type: text/plain\r\n\r\n");
            body.Write(random.Next(5) switch
            {
                0 => Encoding.UTF8.GetBytes("<html><body><table><tr><td>规章</td><td>1</td></tr></table></body></html>"),
                1 => [0x50, 0x4B, 3, 4, .. Random(random, 400)],
                2 => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. Random(random, 600)],
                3 => Random(random, 300),
                _ => Encoding.UTF8.GetBytes("2021年政府信息公开工作年度报告\n一、总体情况\n无\n二、主动公开政府信息情况\n规章\t0\t0\t0\n五、存在的主要问题及改进情况\n无\n六、其他需要报告的事项\n无\n"),
            });
            Write("\r\n");
        }

        if (!hostile || random.Next(5) > 0)
        {
            Write($"--{boundary}--\r\n");
        }

        return ($"multipart/form-data; boundary={boundary}", body.ToArray());
    }

    static byte[] Sheet(Place place, Random random, bool hostile)
    {
        if (hostile && random.Next(3) == 0)
        {
            return random.Next(2) == 0 ? [0x50, 0x4B, 3, 4, .. Random(random, 500)] : Random(random, 500);
        }

        var columns = new[] { "unit", "form" }.Concat(fields.Take(200)).ToList();
        var text = new StringBuilder(string.Join(',', columns)).Append('\n');
        for (var row = random.Next(5); row >= 0; row--)
        {
            text.AppendJoin(',', columns.Select(c => hostile && random.Next(60) == 0 ? $"\"{Hostile.Text(random).Replace("\"", random.Next(2) == 0 ? "\"" : "\"\"", StringComparison.Ordinal)}\"" : c == "unit" ? place.Unit : c == "form" ? "2021" : "0")).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    static byte[] Random(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The body with what says how long it is; now and then a lie.</summary>
    static (byte[] Framed, bool IsWhole) Frame(StringBuilder headers, byte[] body, Random random, bool oddly)
    {
        if (!oddly)
        {
            if (body.Length > 0 && random.Next(15) == 0)
            {
                headers.Append("Transfer-Encoding: chunked\r\n");
                var cut = random.Next(body.Length);
                return ([.. cut == 0 ? [] : Chunk(body[..cut]), .. Chunk(body[cut..]), .. "0\r\n\r\n"u8], true);
            }

            if (body.Length > 0 || random.Next(2) == 0)
            {
                headers.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
            }

            return (body, true);
        }

        switch (random.Next(10))
        {
            case 0:
                headers.Append("Transfer-Encoding: chunked\r\n");
                return ([.. "zz\r\n"u8, .. body], false);
            case 1:
                headers.Append("Transfer-Encoding: chunked\r\n");
                return ([.. "FFFFFFFFFFFFFFFFF\r\n"u8, .. body], false);
            case 2:
                headers.Append("Transfer-Encoding: chunked\r\n");
                return ([.. Encoding.ASCII.GetBytes($"{body.Length:x};{new string('e', 6_000)}=1\r\n"), .. body, .. "\r\n0\r\nX-Trailer: 1\r\n\r\n"u8], false);
            case 3:
                headers.Append(CultureInfo.InvariantCulture, $"Transfer-Encoding: chunked\r\nContent-Length: {body.Length}\r\n");
                return (body, false);
            case 4:
                headers.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length + 10}\r\n");
                return (body, false);
            case 5:
                headers.Append("Content-Length: -1\r\n");
                return (body, false);
            case 6:
                headers.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\nContent-Length: {body.Length + 1}\r\n");
                return (body, false);
            case 7:
                headers.Append("Transfer-Encoding: gzip, chunked\r\n");
                return (body, false);
            case 8:
                headers.Append(CultureInfo.InvariantCulture, $"Expect: 100-continue\r\nContent-Length: {body.Length}\r\n");
                return (body, true);
            default:
                headers.Append("no colon\r\n folded\r\nX\0Y: z\r\n");
                return (body, false);
        }
    }

    static byte[] Chunk(byte[] body) => [.. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n"u8];

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();
}

/// <summary>Writes JSON with faults in it.</summary>
static class Mutation
{
    /// <summary>The value as text, with one to three faults of structure, value or encoding.</summary>
    public static byte[] Write(JsonNode? value, Random random)
    {
        var count = Count(value);
        var targets = Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(count)).ToHashSet();
        var text = new StringBuilder();
        var at = 0;
        Write(value);
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        return random.Next(40) switch
        {
            0 => [.. Encoding.UTF8.Preamble, .. bytes],
            1 => Encoding.Unicode.GetBytes(text.ToString()),
            2 => bytes[..random.Next(bytes.Length)],
            3 or 4 => Inserted(Contract.Pick(random, Hostile.Bytes)),
            5 => [.. bytes, .. bytes],
            6 => Encoding.UTF8.GetBytes(Deep(random.Next(2) == 0 ? 20 : 5_000)),
            7 => [],
            8 => [.. bytes, .. Encoding.ASCII.GetBytes(new string(' ', random.Next(3) == 0 ? 1_100_000 : 2_000))],
            _ => bytes,
        };

        byte[] Inserted(byte[] what)
        {
            var place = random.Next(bytes.Length + 1);
            return [.. bytes[..place], .. what, .. bytes[place..]];
        }

        void Write(JsonNode? node)
        {
            var hit = targets.Contains(at++);
            if (hit && (node is not (JsonObject or JsonArray) || random.Next(4) == 0))
            {
                text.Append(random.Next(3) == 0 ? Hostile.Quoted(Hostile.Text(random)) : Contract.Pick(random, Hostile.Json));
                Skip(node);
                return;
            }

            switch (node)
            {
                case JsonObject members:
                    text.Append('{');
                    var fault = hit ? random.Next(8) : -1;
                    var chosen = members.Count == 0 ? 0 : random.Next(members.Count);
                    var first = true;
                    foreach (var (member, i) in members.Select((m, i) => (m, i)))
                    {
                        var (name, child) = member;
                        if (i == chosen && fault == 0)
                        {
                            Skip(child, inclusive: true);
                            continue;
                        }

                        text.Append(first ? "" : ",").Append(i == chosen && fault == 1 ? Hostile.Quoted(name.ToUpperInvariant()) : i == chosen && fault == 2 ? Hostile.Quoted(name + "\u200b") : Hostile.Quoted(name)).Append(':');
                        Write(child);
                        first = false;
                        if (i == chosen && fault == 3)
                        {
                            text.Append(',').Append(Hostile.Quoted(name)).Append(':').Append(child?.ToJsonString() ?? "null");
                        }
                    }

                    text.Append(fault switch
                    {
                        4 => ",\"extra\":1",
                        5 => $",{Hostile.Quoted(Hostile.Text(random))}:{Contract.Pick(random, Hostile.Json)}",
                        6 => $",\"deep\":{Deep(random.Next(2) == 0 ? 18 : 200)}",
                        7 => string.Concat(Enumerable.Range(0, 500).Select(i => $",\"m{i}\":{i}")),
                        _ => "",
                    }).Append('}');
                    break;
                case JsonArray items:
                    text.Append('[');
                    foreach (var (item, i) in items.Select((item, i) => (item, i)))
                    {
                        text.Append(i == 0 ? "" : ",");
                        Write(item);
                    }

                    text.Append(hit ? string.Concat(Enumerable.Repeat((items.Count == 0 ? "" : ",") + "null", 1)) : "").Append(']');
                    break;
                default:
                    text.Append(node?.ToJsonString() ?? "null");
                    break;
            }
        }

        void Skip(JsonNode? node, bool inclusive = false) => at += Count(node) - (inclusive ? 0 : 1);
    }

    static string Deep(int levels) => new string('[', levels) + new string(']', levels);

    static int Count(JsonNode? node) => 1 + node switch
    {
        JsonObject members => members.Sum(m => Count(m.Value)),
        JsonArray items => items.Sum(Count),
        _ => 0,
    };
}
