using System.Net.Mail;

namespace Aggregator.Reminders;

/// <summary>Whom a mail goes to, out of a unit's contacts.</summary>
/// <param name="To">Addresses of those who do the work.</param>
/// <param name="Copies">Addresses of the leaders, if the mail is copied to them.</param>
public sealed record MailAddresses(IReadOnlyList<string> To, IReadOnlyList<string> Copies)
{
    const int MaxLength = 254;

    /// <summary>Roles of a contact that make it the unit's leader.</summary>
    static readonly string[] leader = ["leader", "分管领导"];

    /// <summary>Picks the addresses; a leader stands in where a unit names nobody else.</summary>
    public static MailAddresses Of(IEnumerable<Units.Contact> contacts, bool copyLeader)
    {
        var usable = contacts.Where(c => c.Email is not null && Refuse(c.Email) is null).ToLookup(c => leader.Contains(c.Role?.Trim()), c => c.Email!.Trim());
        string[] to = [.. usable[false].Distinct(StringComparer.OrdinalIgnoreCase)], leaders = [.. usable[true].Distinct(StringComparer.OrdinalIgnoreCase)];
        return to.Length == 0 ? new(leaders, [])
            : new(to, copyLeader ? [.. leaders.Except(to, StringComparer.OrdinalIgnoreCase)] : []);
    }

    /// <summary>Why nothing can be sent to an address, or null. Addresses are ASCII: not every mail server between here and there takes others (RFC 6531).</summary>
    public static string? Refuse(string address) =>
        address.Any(c => c > 127) ? "电子邮件地址含有中文或其他非 ASCII 字符，请改用英文域名的地址"
        : address.Length > MaxLength || address.Any(c => char.IsControl(c) || c is '<' or '>' or ',' or ';' or '"' or ' ')
            || !MailAddress.TryCreate(address, out var parsed) || parsed.Address != address || !parsed.Host.Contains('.', StringComparison.Ordinal)
            ? "电子邮件地址格式不对，应如 name@example.gov.cn"
        : null;
}
