namespace MilterCrypt.TestSupport.Mta;

/// <summary>A message of which a tap handed on the end.</summary>
/// <param name="recipients">Its recipients.</param>
public sealed class CarriedMessage(IReadOnlyList<string> recipients)
{
    public IReadOnlyList<string> Recipients { get; } = recipients;

    /// <summary>What the server calls it; null while it has not answered, or where it refused.</summary>
    public string? QueueId { get; internal set; }

    /// <summary>Whether the reply was handed on to the client, who was still there.</summary>
    public bool IsAnswered { get; internal set; }

    /// <summary>Whether it was the tap that kept the reply from the client.</summary>
    public bool IsReplyWithheld { get; internal set; }

    public override string ToString() =>
        $"{QueueId ?? "nothing"} for {string.Join(' ', Recipients)}, {(IsAnswered ? "answered" : "not answered")}{(IsReplyWithheld ? ", reply withheld" : "")}";
}
