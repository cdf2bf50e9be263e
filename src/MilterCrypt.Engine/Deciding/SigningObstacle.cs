namespace MilterCrypt.Engine.Deciding;

/// <summary>Why a message can't be signed.</summary>
/// <param name="Reason">In a few words, for the sender and the log.</param>
/// <param name="IsOurs">Whether the sender can do nothing about it: then the message waits until an administrator has.</param>
internal sealed record SigningObstacle(string Reason, bool IsOurs)
{
    /// <summary>Whoever speaks for the sender is not believed.</summary>
    internal static SigningObstacle NotTrusted { get; } = new("the mail server is not trusted with secret keys here", IsOurs: true);

    /// <summary>The author's key is not where it would be used: it was not brought there yet, or could not be opened.</summary>
    internal static SigningObstacle NotHeld(string reason) => new(reason, IsOurs: true);

    /// <summary>Something about the message or who sent it.</summary>
    internal static SigningObstacle OfSender(string reason) => new(reason, IsOurs: false);
}
