namespace MilterCrypt.Engine.Policy;

/// <summary>One entry of the configuration that says what is wanted: of <c>policy:</c> or of <c>rules:</c>.</summary>
/// <param name="Name">What logs and messages to the administrator call it: a rule's own name, else its place, such as
/// <c>domain partner.example</c>.</param>
/// <param name="Line">The line of the configuration file on which it begins, from 1; 0 where there is no file.</param>
/// <param name="Choices">What it asks for.</param>
public sealed record PolicyEntry(string Name, int Line, PolicyChoices Choices);
