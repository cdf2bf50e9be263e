namespace MilterCrypt.MailServers.Postfix;

/// <summary>Parameters by name, each <c>$name</c> in them expanded by Postfix itself.</summary>
internal sealed class PostfixParameters(IReadOnlyDictionary<string, string> values)
{
    /// <summary>A parameter's value; empty where Postfix doesn't know it.</summary>
    public string this[string name] => values.GetValueOrDefault(name, "");

    /// <summary>A time, or null where it can't be read.</summary>
    public TimeSpan? Time(string name) => PostfixValue.Time(this[name]);

    /// <summary>A number, or null where it can't be read.</summary>
    public long? Number(string name) => PostfixValue.Number(this[name]);
}
