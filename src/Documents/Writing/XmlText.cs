namespace Aggregator.Documents.Writing;

/// <summary>Texts of units in XML files.</summary>
static class XmlText
{
    /// <summary>A text without the characters that no XML can hold; nobody sees them, and with one of them the file does not open.</summary>
    public static string Plain(string text) => string.Concat(text.EnumerateRunes().Where(r => r.Value is >= 0x20 and not (>= 0x7F and < 0xA0) and not (0xFFFE or 0xFFFF)).Select(r => r.ToString()));
}
