using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Text as a person sees it, whatever characters spell it: full-width and half-width alike, without what cannot be seen. Written
/// out because the house runs without ICU, where <see cref="string.Normalize()"/> leaves compatibility characters as they are.
/// </summary>
public static partial class PlainText
{
    /// <summary>What U+2F00 to U+2FD5 stand for: some PDF fonts spell common characters with these radicals.</summary>
    const string Radicals = "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠";

    /// <summary>The text with plain characters; white space stays, each of it a blank or a line feed.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text.Contains('[') ? Remnant().Replace(text, "") : text)
        {
            switch (c)
            {
                case '\n' or '\u000B' or '\u2028' or '\u2029':
                    folded.Append('\n');
                    break;
                case '\t':
                    folded.Append('\t');
                    break;
                case >= '\uFF01' and <= '\uFF5E':
                    folded.Append((char)(c - 0xFEE0));
                    break;
                case >= '\u2F00' and <= '\u2FD5':
                    folded.Append(Radicals[c - 0x2F00]);
                    break;
                case >= '\u3220' and <= '\u3229':
                    folded.Append('(').Append("一二三四五六七八九十"[c - 0x3220]).Append(')');
                    break;
                case >= '\u2474' and <= '\u2487':
                    folded.Append(CultureInfo.InvariantCulture, $"({c - 0x2473})");
                    break;
                case >= '\u2488' and <= '\u249B':
                    folded.Append(CultureInfo.InvariantCulture, $"{c - 0x2487}.");
                    break;
                case '〔' or '【' or '﹝':
                    folded.Append('[');
                    break;
                case '〕' or '】' or '﹞':
                    folded.Append(']');
                    break;
                case '﹙':
                    folded.Append('(');
                    break;
                case '﹚':
                    folded.Append(')');
                    break;
                case '−' or '–' or '﹣' or '‐' or '‑' or '‒':
                    folded.Append('-');
                    break;
                case '\u2060' or '\uFEFF':
                    break;
                default:
                    if (char.IsWhiteSpace(c))
                    {
                        folded.Append(' ');
                    }
                    else if (char.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.Control))
                    {
                        folded.Append(c);
                    }

                    break;
            }
        }

        return folded.ToString();
    }

    /// <summary>The folded text without any white space.</summary>
    public static string Bare(string text) => Squeeze(Fold(text));

    /// <summary>A text without its white space.</summary>
    public static string Squeeze(string text) => text.Any(char.IsWhiteSpace) ? string.Concat(text.Where(c => !char.IsWhiteSpace(c))) : text;

    /// <summary>What a flattened Word file keeps of its bookmarks.</summary>
    [GeneratedRegex(@"\[bookmark:[^\]\n]{0,80}\]")]
    internal static partial Regex Remnant();
}
