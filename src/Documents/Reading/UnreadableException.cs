using System.Globalization;
using System.Text;

namespace Aggregator.Documents.Reading;

/// <summary>
/// Leaves the depths of a reader with a refusal. Never seen outside: the reader's entry turns it into the refusal.
/// </summary>
sealed class UnreadableException(Refusal refusal) : Exception(refusal.Code)
{
    public Refusal Refusal => refusal;

    /// <summary>The file is not of a kind that is read here.</summary>
    public static UnreadableException Unknown() => new(new Refusal(RefusalKind.UnsupportedMedia, "unknown_file",
        "这不是可以读取的文件；请上传 Word（.docx、.doc、.wps）、网页（.html、.mht）、纯文本（.txt）、Excel（.xlsx）或带文字的 PDF 文件。"));

    /// <summary>The file is of a known kind, but broken.</summary>
    public static UnreadableException Damaged() => new(new Refusal(RefusalKind.Invalid, "damaged_file",
        "文件不完整或已损坏，打不开；请用原来的软件打开后另存，再重新上传。"));

    /// <summary>The file wants a password.</summary>
    public static UnreadableException Encrypted() => new(new Refusal(RefusalKind.Invalid, "encrypted_file",
        "文件加了密码，无法读取；请去掉密码后另存，再重新上传。"));

    /// <summary>The file brings programs along.</summary>
    public static UnreadableException Macros() => new(new Refusal(RefusalKind.Invalid, "macros_not_allowed",
        "文件里带有宏，不予接收；请另存为不带宏的文件（.docx 或 .xlsx），再重新上传。"));

    /// <summary>The file is larger within than any report.</summary>
    public static UnreadableException TooComplex(FormattableString what) => new(new Refusal(RefusalKind.Invalid, "file_too_complex",
        $"文件{what.ToString(CultureInfo.InvariantCulture)}，超出年度报告应有的规模；请只保留报告正文和表格，去掉图片等其他内容后重新上传。"));

    /// <summary>
    /// What the libraries throw at a file that is not what it should be: as seen with 160,000 files that were changed at
    /// random, and unsupported or broken archives besides.
    /// </summary>
    public static bool IsOfTheFile(Exception e) => e is System.Xml.XmlException or InvalidDataException or FormatException or InvalidOperationException
        or ArgumentException or OverflowException or IOException or NotSupportedException or KeyNotFoundException or DecoderFallbackException;
}
