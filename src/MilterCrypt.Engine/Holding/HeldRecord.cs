using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Holding;

/// <summary>What is written in clear of a held message: what logs have of it, too, and what it takes to decide about it again. Never
/// changes once it is written: the ciphertext has its digest in it.</summary>
/// <param name="QueueId">What the MTA called it.</param>
/// <param name="At">When it was held.</param>
/// <param name="Envelope">Who sent it.</param>
/// <param name="Recipients">For whom it was held, and perhaps others, who have it: <see cref="HeldState"/> says for whom it is.</param>
/// <param name="Escrow">The certificates whose keys open it.</param>
public sealed record HeldRecord(
    string QueueId, DateTimeOffset At, Envelope Envelope, IReadOnlyList<HeldRecipient> Recipients, IReadOnlyList<Fingerprint> Escrow);

/// <summary>Somebody for whom a message is held.</summary>
/// <param name="Recipient">As the MTA told of him.</param>
/// <param name="Rule">What decided so.</param>
/// <param name="Reason">Why, such as "no key".</param>
public sealed record HeldRecipient(EnvelopeRecipient Recipient, string Rule, string Reason);
