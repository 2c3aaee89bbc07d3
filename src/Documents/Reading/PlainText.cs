using System.Collections.Frozen;
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

    /// <summary>Characters of the form, of its headings and of figures as some converters and keyboards write them, and as the form does.</summary>
    const string Traditional = "個業為爲舉務動單發關內減決況則製區參號後員國團場處備復複覆實審對屬層並應廢開錄總縂執護報據數無時機條來構標檢權沒現電監種稱穩類係繫糾約級納組織經結給統繼續維繳網罰職聯範獲營補規計認議許訟設訪評訴詢請負責購費資轉過還這進遞郵採長門問間際項題額領強祕隻於與鄉億萬會傳餘僅體辦確獨當兩專濟農檔稅學闢寫彙匯頁縣鎮廳黨訊佈達產它";
    const string Simple = "个业为为举务动单发关内减决况则制区参号后员国团场处备复复复实审对属层并应废开录总总执护报据数无时机条来构标检权没现电监种称稳类系系纠约级纳组织经结给统继续维缴网罚职联范获营补规计认议许讼设访评诉询请负责购费资转过还这进递邮采长门问间际项题额领强秘只于与乡亿万会传余仅体办确独当两专济农档税学辟写汇汇页县镇厅党讯布达产他";

    static readonly FrozenDictionary<char, char> simple = Traditional.Zip(Simple).ToFrozenDictionary(p => p.First, p => p.Second);

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
                case '│' or '┃' or '║':
                    folded.Append('|');
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

    /// <summary>The text with the form's own characters for traditional ones; as long as before.</summary>
    public static string Simplify(string text) => text.Any(simple.ContainsKey) ? string.Concat(text.Select(c => simple.GetValueOrDefault(c, c))) : text;

    /// <summary>The text with its digits raised, so that a footnote's number does not become the last digit of a figure.</summary>
    public static string Raised(string text) => string.Concat(text.Select(c => char.IsAsciiDigit(c) ? "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0'] : c));

    /// <summary>Whether a text has bars, which part the cells of a flattened table.</summary>
    public static bool HasBars(string text) => text.AsSpan().IndexOfAny("|｜│┃║") >= 0;

    /// <summary>The folded text without any white space.</summary>
    public static string Bare(string text) => Squeeze(Fold(text));

    /// <summary>A text without its white space.</summary>
    public static string Squeeze(string text) => text.Any(char.IsWhiteSpace) ? string.Concat(text.Where(c => !char.IsWhiteSpace(c))) : text;

    /// <summary>What a flattened Word file keeps of its bookmarks.</summary>
    [GeneratedRegex(@"\[bookmark:[^\]\n]{0,80}\]")]
    internal static partial Regex Remnant();
}
