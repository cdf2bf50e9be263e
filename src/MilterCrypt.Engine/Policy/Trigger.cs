using System.Diagnostics.CodeAnalysis;
using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>Something in a message's header by which its sender asks for a rule.</summary>
public abstract record Trigger
{
    private const int MaxText = 200;

    private Trigger() { }

    /// <summary>A text in the Subject, such as <c>[secure]</c>.</summary>
    /// <param name="Text">The text, matched without regard to ASCII case.</param>
    public sealed record InSubject(string Text) : Trigger
    {
        /// <summary>Reads a text.</summary>
        /// <param name="text">The text as the configuration has it.</param>
        /// <param name="trigger">The trigger, or null.</param>
        /// <param name="reason">What is wrong with it and what was meant, for the administrator, or null.</param>
        public static bool TryParse(string text, [NotNullWhen(true)] out InSubject? trigger, [NotNullWhen(false)] out string? reason)
        {
            reason = text.Length > MaxText ? $"it is longer than {MaxText} characters"
                : text.Any(char.IsControl) ? "it has control characters"
                : text.AsSpan().Trim().Length != text.Length ? "blanks around it don't count: leave them out"
                : null;
            trigger = reason is null ? new InSubject(text) : null;
            return trigger is not null;
        }
    }

    /// <summary>A header field, such as <c>Sensitivity: company-confidential</c>.</summary>
    /// <param name="Name">The field's name.</param>
    /// <param name="Value">Its value, matched without regard to ASCII case, folds and white space around it; a * at an end stands
    /// for anything; null for any value.</param>
    public sealed record Field(string Name, string? Value) : Trigger
    {
        /// <summary>Reads <c>Name</c> or <c>Name: value</c>.</summary>
        /// <param name="text">The field as the configuration has it.</param>
        /// <param name="trigger">The trigger, or null.</param>
        /// <param name="reason">What is wrong with it and what was meant, for the administrator, or null.</param>
        public static bool TryParse(string text, [NotNullWhen(true)] out Field? trigger, [NotNullWhen(false)] out string? reason)
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            string name = colon < 0 ? text : text[..colon];
            string? value = colon < 0 ? null : text[(colon + 1)..].Trim();
            reason = text.Length > MaxText ? $"it is longer than {MaxText} characters"
                // RFC 5322 §3.6.8.
                : name.Length == 0 || name.Any(static c => c is <= ' ' or > '~') ? "it is not a header field: X-Encrypt, or 'X-Encrypt: yes'"
                : value is "" ? "nothing stands behind its colon; without one, any value will do"
                : value is not null && value.Any(char.IsControl) ? "it has control characters"
                : value is { Length: > 1 } && value[1..^1].Contains('*', StringComparison.Ordinal) ? "a * stands at an end of a value: 'X-Encrypt: yes*'"
                : null;
            trigger = reason is null ? new Field(name, value) : null;
            return trigger is not null;
        }

        /// <summary>Whether a field is this one.</summary>
        internal bool Is(HeaderField field)
        {
            if (!field.Is(Name))
                return false;
            if (Value is null)
                return true;
            byte[] unfolded = [.. field.Value.ToArray().Where(static b => b is not ((byte)'\r' or (byte)'\n'))];
            var present = unfolded.AsSpan().Trim(" \t"u8);
            var wanted = Encoding.UTF8.GetBytes(Value.Trim('*')).AsSpan();
            return (Value.StartsWith('*'), Value.EndsWith('*')) switch
            {
                (false, false) => AsciiCase.Equals(present, wanted),
                (true, true) => AsciiCase.IndexOf(present, wanted) >= 0,
                (true, false) => present.Length >= wanted.Length && AsciiCase.Equals(present[^wanted.Length..], wanted),
                (false, true) => present.Length >= wanted.Length && AsciiCase.Equals(present[..wanted.Length], wanted),
            };
        }
    }
}
