using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Aggregator.Forms;
using Aggregator.Units;

namespace Aggregator.Submissions;

/// <summary>
/// Reads a submission's JSON strictly: what is not understood is refused with its place, never dropped, rounded or guessed.
/// A number that is understood but breaks a rule (negative, fractional, missing) is left to the checks, so that the body is kept.
/// </summary>
public ref struct SubmissionReader
{
    /// <summary>Largest body that is read, in bytes.</summary>
    public const int MaxBodyBytes = 1 << 20;

    /// <summary>Longest text of one section, in UTF-16 units.</summary>
    public const int MaxTextLength = 100_000;

    const int MaxDepth = 16;
    const int MaxErrors = 100;

    /// <summary>Larger than any county's figure and small enough that a nation's sum is exact.</summary>
    const decimal MaxNumber = 999_999_999_999_999m;

    static readonly JsonReaderOptions options = new() { MaxDepth = MaxDepth };
    static readonly ImmutableArray<string> members = ["unit", "form", "figures", "prose", "publishedAt", "publishedUrl", "filedAt"];

    readonly Form form;
    readonly decimal?[] figures;
    readonly string?[] prose;
    Utf8JsonReader json;
    ImmutableArray<RefusalError>.Builder? errors;
    string? unit;
    DateOnly? publishedAt;
    string? publishedUrl;
    DateTimeOffset? filedAt;

    SubmissionReader(Form form, ReadOnlySpan<byte> body)
    {
        this.form = form;
        figures = new decimal?[form.Cells.Length];
        prose = new string?[form.Prose.Length];
        json = new Utf8JsonReader(body, options);
    }

    /// <summary>
    /// Reads a body. Refusals: <c>empty_body</c>, <c>byte_order_mark</c>, <c>invalid_utf8</c>, <c>invalid_json</c>,
    /// <c>too_deep</c>, <c>unknown_form</c>, <c>invalid_body</c> (with one error for each place).
    /// </summary>
    public static Outcome<Submission> Read(ReadOnlyMemory<byte> body)
    {
        var utf8 = body.Span;
        if (utf8.IsEmpty)
        {
            return Invalid("empty_body", "请求正文为空，应为一份报告的 JSON。");
        }

        if (utf8.StartsWith(Encoding.UTF8.Preamble) || utf8.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || utf8.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return Invalid("byte_order_mark", "正文开头有字节顺序标记（BOM），请改存为不带 BOM 的 UTF-8。");
        }

        if (!Utf8.IsValid(utf8))
        {
            return Invalid("invalid_utf8", "正文不是 UTF-8 编码（常见原因：以 GBK 保存），请改存为 UTF-8。");
        }

        var depth = 0;
        try
        {
            if (!FindForm(utf8, out var code, out depth))
            {
                return Invalid("invalid_body", "正文应为一个 JSON 对象。");
            }

            if (Form.Find(code) is not { } form)
            {
                var detail = code is null
                    ? "缺少 form（报告格式）：应为文字“2019”或“2021”。"
                    : $"没有“{Shorten(code)}”这种报告格式，应为“2019”或“2021”。";
                return new Refusal(RefusalKind.Invalid, "unknown_form", detail, [new RefusalError("$.form", "unknown_form", detail)]);
            }

            return new SubmissionReader(form, utf8).ReadBody(body);
        }
        catch (JsonException e)
        {
            var place = $"第 {(e.LineNumber ?? 0) + 1} 行第 {(e.BytePositionInLine ?? 0) + 1} 字节";
            return depth >= MaxDepth
                ? Invalid("too_deep", $"正文嵌套超过 {MaxDepth} 层（{place}）。")
                : Invalid("invalid_json", $"正文不是完整、正确的 JSON，{place}处读不下去。");
        }
    }

    static Refusal Invalid(string code, string detail) => new(RefusalKind.Invalid, code, detail);

    /// <summary>Walks the whole text once: proves that it is JSON, and finds the form that decides how the rest is read.</summary>
    static bool FindForm(ReadOnlySpan<byte> utf8, out string? code, out int depth)
    {
        var json = new Utf8JsonReader(utf8, options);
        code = null;
        depth = 0;
        json.Read();
        var isObject = json.TokenType == JsonTokenType.StartObject;
        do
        {
            depth = json.CurrentDepth + (json.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject ? 1 : 0);
            if (isObject && depth == 1 && json.TokenType == JsonTokenType.PropertyName && NameIs(in json, "form"u8))
            {
                json.Read();
                code = json.TokenType == JsonTokenType.String && TryText(in json, out var text) ? text
                    : json.TokenType == JsonTokenType.Number ? Encoding.UTF8.GetString(json.ValueSpan) : null;
                depth = json.CurrentDepth + (json.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject ? 1 : 0);
            }
        }
        while (json.Read());
        return isObject;
    }

    Outcome<Submission> ReadBody(ReadOnlyMemory<byte> body)
    {
        json.Read();
        var seen = 0ul;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var member = Member("$", members, ref seen);
            json.Read();
            switch (member)
            {
                case "unit":
                    unit = ReadUnit();
                    break;
                case "form":
                    if (json.TokenType != JsonTokenType.String)
                    {
                        WrongType("$.form", "应为文字，请加引号，如 \"2021\"");
                    }

                    break;
                case "figures":
                    ReadNode(form.Root, "$.figures");
                    break;
                case "prose":
                    ReadProse();
                    break;
                case "publishedAt":
                    publishedAt = ReadDate("$.publishedAt");
                    break;
                case "publishedUrl":
                    publishedUrl = ReadUrl("$.publishedUrl");
                    break;
                case "filedAt":
                    filedAt = ReadInstant("$.filedAt");
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        if ((seen & 1) == 0)
        {
            Error("$.unit", "missing_member", "缺少 unit（单位代码）");
        }

        if (errors is { Count: > 0 })
        {
            var first = errors[0];
            var detail = errors.Count == 1 ? $"{first.Detail}。" : $"正文有 {errors.Count} 处读不懂，第一处：{first.Detail}。";
            return new Refusal(RefusalKind.Invalid, "invalid_body", detail, errors.ToImmutable());
        }

        return new Submission(unit!, new Figures(form, figures), prose, publishedAt, publishedUrl, filedAt, body);
    }

    /// <summary>The member's name if it is known and new; otherwise null, with an error noted.</summary>
    string? Member(string path, ImmutableArray<string> known, ref ulong seen)
    {
        for (var i = 0; i < known.Length; i++)
        {
            if (NameIs(in json, known[i]))
            {
                return IsNew(ref seen, i, path, known[i]) ? known[i] : null;
            }
        }

        UnknownMember(path);
        return null;
    }

    bool IsNew(ref ulong seen, int index, string path, string name)
    {
        var bit = 1ul << index;
        if ((seen & bit) != 0)
        {
            Error($"{path}.{name}", "duplicate_member", $"“{name}”出现了两次，不知道以哪个为准");
            return false;
        }

        seen |= bit;
        return true;
    }

    void UnknownMember(string path)
    {
        var name = TryText(in json, out var text) ? Shorten(text) : "?";
        Error($"{path}.{name}", "unknown_member", $"{form.Code}年格式的正文里没有“{name}”这一项");
    }

    void ReadNode(CellNode node, string path)
    {
        if (node.Cell is { } cell)
        {
            figures[cell.Index] = ReadNumber(cell, path);
            return;
        }

        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (json.TokenType != JsonTokenType.StartObject)
        {
            WrongType(path, "应为对象 { }");
            return;
        }

        var (seen, next) = (0ul, 0);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var found = IndexOf(node, ref next);
            if (found >= 0 && IsNew(ref seen, found, path, node.Children[found].Name))
            {
                var child = node.Children[found];
                json.Read();
                ReadNode(child, child.Cell is null ? $"{path}.{child.Name}" : path);
            }
            else
            {
                if (found < 0)
                {
                    UnknownMember(path);
                }

                json.Read();
                json.Skip();
            }
        }
    }

    /// <summary>Members usually come in the form's order, so the search starts where the last one was found.</summary>
    readonly int IndexOf(CellNode node, ref int next)
    {
        for (var i = 0; i < node.Children.Length; i++)
        {
            var at = (next + i) % node.Children.Length;
            if (NameIs(in json, node.Children[at].Utf8Name.AsSpan()))
            {
                next = at + 1;
                return at;
            }
        }

        return -1;
    }

    decimal? ReadNumber(Cell cell, string parent)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.Number:
                break;
            case JsonTokenType.String when cell.Column.Type == ColumnType.Amount:
                if (IsPlainDecimal(json.ValueSpan) && !json.ValueIsEscaped)
                {
                    break;
                }

                Error(Path(), "wrong_type", $"{cell.Name}：“{Shown()}”不是十进制数，应如 \"59237.2449\"");
                return null;
            case JsonTokenType.String:
                Error(Path(), "number_as_text", $"{cell.Name}：应为数字，收到的是文字“{Shown()}”，请去掉引号");
                return null;
            default:
                WrongType(Path(), $"{cell.Name}：应为数字");
                return null;
        }

        if (TryNumber(json.ValueSpan, out var value))
        {
            return value;
        }

        Error(Path(), "number_out_of_range", $"{cell.Name}：{Shown()} 太大或位数太多，整数部分最多 15 位");
        return null;

        // Built on errors only: a path for each of 200 cells would be most of what reading a body allocates.
        string Path() => $"{parent}.{cell.Column.Code}";
    }

    readonly string Shown() =>
        json.TokenType == JsonTokenType.Number ? Shorten(Encoding.UTF8.GetString(json.ValueSpan))
            : TryText(in json, out var text) ? Shorten(text) : "?";

    static bool IsPlainDecimal(ReadOnlySpan<byte> text)
    {
        if (text is [(byte)'-', ..])
        {
            text = text[1..];
        }

        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..];
        return whole.Length > 0 && (point < 0 || fraction.Length > 0)
            && !whole.ContainsAnyExceptInRange((byte)'0', (byte)'9') && !fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    /// <summary>Exact or not at all: what decimal would round is refused.</summary>
    static bool TryNumber(ReadOnlySpan<byte> text, out decimal value)
    {
        value = 0;
        var exponent = text.IndexOfAny((byte)'e', (byte)'E');
        var digits = exponent < 0 ? text : text[..exponent];
        if (digits.Length > 24 || text.Length > 28
            || (exponent >= 0 && (!Utf8Parser.TryParse(text[(exponent + 1)..], out int power, out _) || power is < -4 or > 15))
            || !Utf8Parser.TryParse(text, out value, out var consumed, exponent < 0 ? default : 'E') || consumed != text.Length)
        {
            return false;
        }

        return value is >= -MaxNumber and <= MaxNumber;
    }

    void ReadProse()
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (json.TokenType != JsonTokenType.StartObject)
        {
            WrongType("$.prose", "应为对象 { }");
            return;
        }

        var seen = 0ul;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var index = -1;
            for (var i = 0; i < form.Prose.Length && index < 0; i++)
            {
                index = NameIs(in json, form.Prose[i].Code) ? i : -1;
            }

            if (index >= 0 && IsNew(ref seen, index, "$.prose", form.Prose[index].Code))
            {
                json.Read();
                prose[index] = ReadText($"$.prose.{form.Prose[index].Code}", MaxTextLength);
                continue;
            }

            if (index < 0)
            {
                UnknownMember("$.prose");
            }

            json.Read();
            json.Skip();
        }
    }

    string? ReadText(string path, int maxLength)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.String)
        {
            WrongType(path, "应为文字");
            return null;
        }

        if (!TryText(in json, out var text) || text.Contains('\0', StringComparison.Ordinal))
        {
            Error(path, "invalid_text", "文字里有不成对的代理字符或空字符（\\u0000），请检查原文");
            return null;
        }

        if (text.Length > maxLength)
        {
            Error(path, "text_too_long", $"文字共 {text.Length} 字，最多 {maxLength} 字");
            return null;
        }

        return text;
    }

    string? ReadUnit()
    {
        var before = errors?.Count ?? 0;
        var code = ReadText("$.unit", 40);
        if (!UnitCode.IsValid(code) && (errors?.Count ?? 0) == before)
        {
            Error("$.unit", "invalid_unit", "单位代码应为 9 位区划代码，或 6 位县级代码加“-”和后缀");
        }

        return code;
    }

    DateOnly? ReadDate(string path)
    {
        if (ReadText(path, 40) is not { } text)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 2000 and <= 2100)
        {
            return date;
        }

        Error(path, "invalid_date", $"“{Shorten(text)}”不是日期，应如 2022-01-20");
        return null;
    }

    DateTimeOffset? ReadInstant(string path)
    {
        if (ReadText(path, 40) is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) && instant.Year is >= 2000 and <= 2100)
        {
            return instant.ToUniversalTime();
        }

        Error(path, "invalid_instant", $"“{Shorten(text)}”不是带时区的时间，应如 2022-01-20T10:12:00+08:00");
        return null;
    }

    string? ReadUrl(string path)
    {
        if (ReadText(path, 2000) is not { } text)
        {
            return null;
        }

        // Uri drops blanks at the ends and takes line breaks within; the text is kept as received, so it must not have them.
        if (!text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            return text;
        }

        Error(path, "invalid_url", $"“{Shorten(text)}”不是网址，应以 http:// 或 https:// 开头");
        return null;
    }

    void WrongType(string path, string detail)
    {
        Error(path, "wrong_type", detail);
        json.Skip();
    }

    void Error(string path, string code, string detail)
    {
        errors ??= ImmutableArray.CreateBuilder<RefusalError>();
        if (errors.Count < MaxErrors)
        {
            errors.Add(new RefusalError(path, code, detail));
        }
    }

    static bool NameIs(ref readonly Utf8JsonReader json, ReadOnlySpan<byte> name) => IsText(in json) && json.ValueTextEquals(name);

    static bool NameIs(ref readonly Utf8JsonReader json, string name) => IsText(in json) && json.ValueTextEquals(name);

    static bool TryText(ref readonly Utf8JsonReader json, out string text)
    {
        var isText = IsText(in json);
        text = isText ? json.GetString()! : "";
        return isText;
    }

    /// <summary>False for an escaped half of a surrogate pair, which no text can hold; the reader would throw at the sight of it.</summary>
    static bool IsText(ref readonly Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped)
        {
            return true;
        }

        var escaped = json.ValueSpan;
        var open = false;
        for (var i = 0; i < escaped.Length; i++)
        {
            ushort unit = 0;
            if (escaped[i] == (byte)'\\' && escaped[++i] == (byte)'u')
            {
                _ = Utf8Parser.TryParse(escaped.Slice(i + 1, 4), out unit, out _, 'x');
                i += 4;
            }

            if (open != char.IsLowSurrogate((char)unit))
            {
                return false;
            }

            open = char.IsHighSurrogate((char)unit);
        }

        return !open;
    }

    static string Shorten(string text)
    {
        var shown = text.Length <= 40 ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[39]) ? 39 : 40), "…");
        return string.Create(shown.Length, shown, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) ? '\uFFFD' : source[i];
            }
        });
    }
}
