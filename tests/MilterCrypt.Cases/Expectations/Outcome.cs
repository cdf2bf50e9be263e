using MilterCrypt.Cases.Language;
using MilterCrypt.Milter;

namespace MilterCrypt.Cases.Expectations;

/// <summary>What must become of mail.</summary>
public abstract record Outcome(Place Place, OnMta On)
{
    /// <summary>Nothing is delivered.</summary>
    public sealed record NoDelivery(Place Place, OnMta On) : Outcome(Place, On);

    /// <summary>So many messages are handed back to the mail server: parts of one that is split, or of several.</summary>
    public sealed record HandedBack(Place Place, OnMta On, int Messages) : Outcome(Place, On);

    /// <summary>A report that something was not delivered reaches this address and says this.</summary>
    public sealed record Bounce(Place Place, OnMta On, string To, string Says) : Outcome(Place, On);

    /// <summary>A message reaches its recipients; where <paramref name="HeldBecause"/> is not null, after the administrator has
    /// released it from the hold queue.</summary>
    public sealed record Delivery(
        Place Place, OnMta On, EnvelopeAddress Sender, IReadOnlyList<EnvelopeAddress> Recipients, string? HeldBecause) : Outcome(Place, On)
    {
        /// <summary>The whole message, or null where it is looked at in part.</summary>
        public byte[]? Whole { get; init; }

        /// <summary>Its body.</summary>
        public byte[]? Body { get; init; }

        /// <summary>The fields of the names that are among them, all of these, name and value.</summary>
        public IReadOnlyList<string> Fields { get; init; } = [];

        /// <summary>The names of fields that it must not have.</summary>
        public IReadOnlyList<string> MissingFields { get; init; } = [];

        /// <summary>Who must be able to open it, and read <see cref="Whole"/> then; empty where it is not encrypted.</summary>
        public IReadOnlyList<string> EncryptedFor { get; init; } = [];

        /// <summary>Who must be able to open it, too, without their keys being named in it.</summary>
        public IReadOnlyList<string> AnonymouslyFor { get; init; } = [];

        public bool IsEncrypted => EncryptedFor.Count + AnonymouslyFor.Count > 0;
    }
}
