namespace MilterCrypt.Engine.Policy;

/// <summary>Whose names authenticated users may sign in: one entry of <c>signers:</c> in the configuration.</summary>
/// <param name="Users">Their login names.</param>
/// <param name="Addresses">The addresses.</param>
public sealed record Signer(IReadOnlyList<UserPattern> Users, IReadOnlyList<AddressPattern> Addresses);
