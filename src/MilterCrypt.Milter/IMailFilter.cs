namespace MilterCrypt.Milter;

/// <summary>What a filter is to this library: something that has a handler for each message.</summary>
public interface IMailFilter
{
    /// <summary>A new message begins (MAIL FROM); its handler lives until the verdict or ABORT.</summary>
    /// <param name="mail">What is known of the message so far. It grows with each stage and stays the same object
    /// until the handler is disposed.</param>
    IMessageHandler Begin(MailTransaction mail);
}
