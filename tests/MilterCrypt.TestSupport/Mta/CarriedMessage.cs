namespace MilterCrypt.TestSupport.Mta;

/// <summary>A message of which a tap handed on the end.</summary>
/// <param name="Recipients">Its recipients.</param>
public sealed record CarriedMessage(IReadOnlyList<string> Recipients)
{
    /// <summary>What the server calls it; null while it has not answered, or where it refused.</summary>
    public string? QueueId { get; internal set; }

    /// <summary>Whether the reply was handed on to the client, who was still there.</summary>
    public bool IsAnswered { get; internal set; }

    /// <summary>Whether it was the tap that kept the reply from the client.</summary>
    public bool IsReplyWithheld { get; internal set; }
}
