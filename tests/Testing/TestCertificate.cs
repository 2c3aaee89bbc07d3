using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Aggregator.Testing;

/// <summary>A certificate authority and one certificate of it, as PEM files in a folder that goes away with it.</summary>
public sealed class TestCertificate : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("aggregator-tls");

    /// <summary>Makes a certificate for a host.</summary>
    public TestCertificate(string host)
    {
        var (from, until) = (DateTimeOffset.UnixEpoch, new DateTimeOffset(2049, 12, 31, 0, 0, 0, TimeSpan.Zero));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Aggregator test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var root = authority.CreateSelfSigned(from, until);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var certificate = server.Create(root, from, until, [1]);
        (Authority, Key, Certificate) = (Write("authority.pem", root.ExportCertificatePem()), Write("key.pem", key.ExportPkcs8PrivateKeyPem()), Write("certificate.pem", certificate.ExportCertificatePem()));
    }

    /// <summary>File of the authority's certificate: whoever trusts it, trusts the other one.</summary>
    public string Authority { get; }

    /// <summary>File of the private key.</summary>
    public string Key { get; }

    /// <summary>File of the certificate.</summary>
    public string Certificate { get; }

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);

    string Write(string name, string pem)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, pem);
        return path;
    }
}
