using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Aggregator.Access;

/// <summary>Which passwords are taken, and which are handed out.</summary>
public static class Password
{
    const int MinLength = 10;
    const int MaxLength = 200;

    /// <summary>Without letters and digits that look alike, for it is read from paper.</summary>
    const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>The first ones that anybody tries, as far as they are long enough to get here.</summary>
    static readonly HashSet<string> worst = new(StringComparer.OrdinalIgnoreCase)
    {
        "1234567890", "0123456789", "9876543210", "0987654321", "12345678910", "123456789a", "a123456789", "1234567890a", "abc1234567",
        "abcd123456", "a1b2c3d4e5", "1q2w3e4r5t", "1qaz2wsx3edc", "qwertyuiop", "qwerty12345", "qwerty123456", "asdfghjkl;", "zxcvbnm123",
        "password12", "password123", "password1234", "passw0rd123", "p@ssw0rd123", "admin12345", "admin123456", "administrator",
        "iloveyou123", "woaini1314", "woaini520520", "5201314520", "1314520520", "1122334455", "1231231231", "123123123123", "123456123456",
        "123456abcdef", "abcdefghij", "welcome123", "letmein123", "changeme123",
    };

    /// <summary>PBKDF2 with HMAC-SHA512 and as many rounds as OWASP asks for.</summary>
    public static IPasswordHasher<Account> Hasher { get; } = new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

    /// <summary>A new one-time password: sixteen characters in four groups, 79 random bits.</summary>
    public static string Generate() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Alphabet, 4)));

    /// <summary>Why a person may not choose a password, or null if he may. Refusal: <c>weak_password</c>.</summary>
    public static Refusal? Weakness(string login, string current, string chosen)
    {
        var detail = chosen switch
        {
            { Length: < MinLength or > MaxLength } => $"新密码应为 {MinLength} 至 {MaxLength} 个字符",
            _ when chosen == current => "新密码不能与当前密码相同",
            _ when chosen.Contains(login, StringComparison.OrdinalIgnoreCase) && chosen.Length - login.Length < 4 => "新密码不能就是登录名，或只比登录名多几个字符",
            _ when worst.Contains(chosen) || chosen.Distinct().Count() < 4 => "新密码太常见，很容易被猜到，请换一个",
            _ => null,
        };
        return detail is null ? null : Refusal.Invalid("newPassword", "weak_password", detail);
    }
}
