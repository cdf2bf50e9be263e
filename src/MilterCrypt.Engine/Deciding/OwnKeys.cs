using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Deciding;

/// <summary>The keys of one's own people, who have them held here.</summary>
/// <param name="Source">Who holds the secrets and uses them.</param>
/// <param name="CertificateOf">The certificate whose an address is, as it is at a time; null for none; answers from memory.</param>
/// <param name="CertificatesWith">The certificates in which a key with the same secret stands, whether its owner put it there or somebody
/// else; answers from memory.</param>
/// <param name="Signers">Who may sign in whose name.</param>
public sealed record OwnKeys(
    ISecretKeySource Source,
    Func<MailAddress, DateTimeOffset, CertificateView?> CertificateOf,
    Func<PublicKey, IReadOnlyList<Fingerprint>> CertificatesWith,
    IReadOnlyList<Signer> Signers);
