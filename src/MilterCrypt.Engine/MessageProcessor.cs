using System.Security.Cryptography;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Hops;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Splitting;
using MilterCrypt.Engine.Policy;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Engine;

/// <summary>Decides for each message what its recipients get, and makes it. One per configuration, used by all
/// messages that begin under it; safe for use by several threads.</summary>
/// <param name="policy">What is wanted for whom.</param>
/// <param name="findKey">What is known of an address's key at a time; answers from memory.</param>
/// <param name="spool">Where ciphertext waits for a message's end.</param>
/// <param name="budget">What all messages of the process may hold together.</param>
/// <param name="clock">The time at which keys are judged.</param>
/// <param name="random">The source of session keys and boundaries.</param>
public sealed class MessageProcessor(
    PolicyTable policy,
    Func<MailAddress, DateTimeOffset, KeyAnswer> findKey,
    SpoolOptions spool,
    SpoolBudget budget,
    TimeProvider clock,
    RandomNumberGenerator random)
{
    // One pool of plaintext buffers for all messages: it clears what is given back.
    private readonly EncryptionOptions encryption = new() { Random = random, Time = clock };

    /// <summary>Whose secret keys can be used; null for nobody's.</summary>
    public OwnKeys? OwnKeys { get; init; }

    /// <summary>Addresses whose mail others read.</summary>
    public IReadOnlyList<AddressAlias> Aliases { get; init; } = [];

    /// <summary>What messages whose recipients need different forms are split with; null where they can't be.</summary>
    public SplitMeans? Split { get; init; }

    /// <summary>What the hops before and behind the queue know each other by; null where there is one. The caller's to dispose.</summary>
    public HopKeys? Hops { get; init; }

    /// <summary>Whether it is only to be found out what would become of messages: no secret key is used and nothing is handed over, and
    /// what comes out of <see cref="FilteredMessage.ReadBodyAsync"/> has no body.</summary>
    public bool Rehearses { get; init; }

    private KeyFinder Keys => field ??= new KeyFinder(findKey, Aliases, policy.Tags);

    /// <summary>A new message begins.</summary>
    public FilteredMessage Begin(Envelope envelope)
    {
        var now = clock.GetUtcNow();
        // What this filter has handed over itself is not looked at again, wherever the mail server brings it.
        string? exemption = envelope.IsHandedOver ? "handed over" : now < policy.Bypass?.Until ? "emergency bypass" : null;
        var decider = new RecipientDecider(policy, Keys, now, envelope, exemption, Split is { IsRelease: true });
        return new FilteredMessage(decider, new MessagePlanner(decider, new MessageMeans(spool, budget, encryption, OwnKeys) { IsRehearsal = Rehearses }, Split, Hops));
    }
}
