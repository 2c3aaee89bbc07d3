using System.Text;

namespace Aggregator.Fuzz.Tests;

/// <summary>Values that break programs: each has broken one somewhere.</summary>
static class Hostile
{
    /// <summary>Texts, as .NET holds them; some cannot be written as UTF-8.</summary>
    public static readonly string[] Texts = [
        "", " ", "\u3000", "\t\r\n", "0", "-1", "1e2", "NaN", "null", "true", "undefined", "[]", "{}", "１２", "一千二百", "½", "٣",
        "a\0b", "\0", "\ud800", "\udc00x", "\udfff\ud800", "\ufeff头", "\ufffe", "\uffff", "\u202e倒着\u202c", "\u2066x\u2069", "\u200b\u200d\u2060", "e\u0301\u0301\u0301\u0301\u0301",
        new string('\u0300', 500), "👨‍👩‍👧‍👦", "𠀀𪚥", "\u0085\u2028\u2029", "\u001b[31m", "\u007f",
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "&lt;&#0;", "]]>", "<!--", "{{7*7}}", "${jndi:ldap://x/y}", "#{1}", "%s%n%x", "@Model", "@(1+1)",
        "=1+1", "+1", "@SUM(A1)", "-2+3", "=HYPERLINK(\"http://x\")", "\t=1", "'; drop table revision; --", "' or '1'='1", "\\", "\\'", "$$", "%", "_", "*", "?", "(", "[", "(a+)+$",
        "../../etc/passwd", "..\\..\\x", "C:\\x", "/", "//", "//evil.example", "/\\evil.example", "\\\\evil\\x", "%2f%2fevil.example", "https://evil.example", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd",
        "http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/", "https://a@b", "https://\u3002", "x@y", "a@b.c\r\nBcc: d@e.f", "a\r\nSet-Cookie: x=y",
        "0000-00-00", "9999-12-31", "10000-01-01", "2021-02-30", "2022-01-20T", "2022-01-20T25:61:61Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.9999999-14:00", "24:00:00", "-00:00:01",
        "2147483647", "2147483648", "-2147483648", "9223372036854775807", "9223372036854775808", "99999999999999999999999999999999", "0x10", "1_000", "00", "-0", "+5", "5.", ".5", "12.00001", "1e400",
        "360922", "360922000", "36092220", "3609222011", "000000", "00", "360922-", "360922-A", "360922-x/../..", "２０２１", "2021.0", "02021",
        new string('a', 300), new string('字', 5_000), new string('9', 2_000), new string('a', 90_000)];

    /// <summary>JSON values as they stand in a body, wrong ones among them.</summary>
    public static readonly string[] Json = [
        "null", "true", "false", "[]", "{}", "[[]]", "[null]", "{\"\":{}}", "\"\"", "\"12\"", "\"１２\"", "0", "-0", "-1", "00", "01", "+1", ".5", "5.", "1.0", "1.50", "12.00001", "1e2", "1E+2", "1e-2", "1e400", "-1e400", "1e-400",
        "1e999999999", "1e-999999999", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "999999999999999", "1000000000000000", "79228162514264337593543950335",
        "79228162514264337593543950336", "0.0000000000000000000000000001", "0.00000000000000000000000000001", "1.7976931348623157e308", "NaN", "Infinity", "-Infinity", "0x10", "1_000", "'x'", "undefined", "", ",", "\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"",
        "\"\\x41\"", "\"a\nb\"", "\"\\", "/**/1", "1//", "{\"__proto__\":1}", "{\"a\":1,\"a\":2}", "{\"$type\":\"System.Object\"}", "[1,]", "{\"a\":1,}", "\"\ufeff\"", "\"\uffff\""];

    /// <summary>Bytes that are no UTF-8: overlong, surrogates, cut off, too large, GBK.</summary>
    public static readonly byte[][] Bytes = [[0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xF0, 0x80, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE4, 0xB8], [0xFF], [0xFE, 0xFF], [0xC4, 0xE3, 0xBA, 0xC3], [0x80], [0x00]];

    /// <summary>Headers, with values that a server has to think about.</summary>
    public static readonly (string Name, string Value)[] Headers = [
        ("If-Match", "\"1\""), ("If-Match", "*"), ("If-Match", "1"), ("If-Match", "W/\"1\""), ("If-Match", "\"1\", \"2\""), ("If-Match", "\"99999999999\""), ("If-Match", "\""), ("If-Match", ""), ("If-Match", "\"-1\""),
        ("If-None-Match", "*"), ("If-None-Match", "\"x\", W/\"y\""), ("If-None-Match", "\"\"\""), ("If-Modified-Since", "x"), ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"), ("If-Range", "\"1\""),
        ("Idempotency-Key", ""), ("Idempotency-Key", "k"), ("Idempotency-Key", "同"), ("Idempotency-Key", new string('k', 201)), ("Idempotency-Key", "a\tb"), ("Idempotency-Key", "a, b"),
        ("Content-Type", "text/plain"), ("Content-Type", "application/json; charset=utf-16"), ("Content-Type", "application/json; charset=\"utf-8\""), ("Content-Type", "application/json; charset=nonsense"), ("Content-Type", ""), ("Content-Type", "/"), ("Content-Type", "application/json,text/html"),
        ("Content-Type", "multipart/form-data"), ("Content-Type", "multipart/form-data; boundary="), ("Content-Type", "multipart/form-data; boundary=\"" + new string('b', 3_000) + "\""), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-7"), ("Content-Type", "application/xml"), ("Content-Type", "application/merge-patch+json"),
        ("Content-Encoding", "gzip"), ("Content-Encoding", "br, gzip"), ("Accept", "text/html"), ("Accept", "application/xml"), ("Accept", "*/*;q=0"), ("Accept", ";;;"), ("Accept", new string(',', 500)), ("Accept-Encoding", "gzip, br, *;q=0"), ("Accept-Charset", "utf-7"), ("Accept-Language", "zh-CN-x-" + new string('y', 500)),
        ("Range", "bytes=0-0"), ("Range", "bytes=-1"), ("Range", "bytes=9999999999-"), ("Range", "bytes=" + string.Join(',', Enumerable.Range(0, 300).Select(i => $"{i}-{i}"))), ("Expect", "x"), ("Origin", "https://evil.example"), ("Origin", "null"), ("Referer", "javascript:x"),
        ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Site", "none"), ("X-HTTP-Method-Override", "DELETE"), ("X-HTTP-Method", "PUT"), ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"), ("Forwarded", "for=_x;host=evil"), ("X-Original-URL", "/api/v1/keys"), ("X-Rewrite-URL", "/"),
        ("Authorization", "Bearer"), ("Authorization", "Bearer agg_"), ("Authorization", "Bearer agg_0123456789abcdef_" + new string('A', 43)), ("Authorization", "Basic YTpi"), ("Authorization", "Bearer 密"), ("Authorization", "Bearer " + new string('x', 9_000)),
        ("Cookie", "agg_session="), ("Cookie", "agg_session=%00; agg_session=x"), ("Cookie", "agg_antiforgery=CfDJ8AAAA"), ("Cookie", new string(';', 500)), ("Cookie", "__Host-agg_session=x; agg_session=\"y"), ("X-Antiforgery-Token", ""), ("X-Antiforgery-Token", "CfDJ8" + new string('x', 500)), ("X-Antiforgery-Token", "一"),
        ("traceparent", "00-00000000000000000000000000000000-0000000000000000-00"), ("traceparent", "ff-x"), ("tracestate", new string('=', 600)), ("baggage", "a=b,c=%00"), ("Connection", "Upgrade"), ("Upgrade", "h2c"), ("X-Long", new string('h', 20_000)), ("Host", "evil.example"), ("Date", "x"), ("User-Agent", "\ud83d\ude00" + new string('u', 1_000))];

    /// <summary>Pieces of addresses that are written as they stand.</summary>
    public static readonly string[] Segments = [
        "%00", "%2e%2e", "%2e%2e%2f", "..", ".", "%2f", "%5c", "\\", "%c0%af", "%e0%80%af", "%ff", "%ed%a0%80", "%zz", "%", "%u0041", "%25%30%30", ";x=y", "a;b", "%0d%0aSet-Cookie:x=y", "%20", "+", "*", "~", "'", "%22", "%3c", "{county}", "一", "%E4%B8%80", "%F0%9F%98%80", "%EF%BF%BF", "%EF%BB%BF", "%E2%80%AE"];

    /// <summary>Methods.</summary>
    public static readonly string[] Methods = ["HEAD", "OPTIONS", "TRACE", "PATCH", "DELETE", "PUT", "POST", "GET", "get", "PROPFIND", "FOO", "CONNECT"];

    /// <summary>A random text.</summary>
    public static string Text(Random random) => Texts[random.Next(Texts.Length)];

    /// <summary>A text as JSON; a lone surrogate stays one, as an escape.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c is '"' or '\\' or < ' ' || char.IsSurrogate(c) ? quoted.Append($"\\u{(int)c:x4}") : quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
