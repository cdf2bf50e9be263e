namespace MilterCrypt.Engine.Policy;

/// <summary>What becomes of a message whose recipients need different forms: <c>mixed:</c> in the configuration.</summary>
public enum MixedMode
{
    /// <summary>Each form of it is handed back to the mail server as a message of its own, where that is configured.</summary>
    Split,

    /// <summary>Its sender sends it again to those whom the first form is not for.</summary>
    Separate,
}
