namespace MilterCrypt.Engine.Bodies;

/// <summary>What the signatures inside a message say of its author: who is named in its From field.</summary>
public enum AuthorSignature
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>The author signed it.</summary>
    Good,

    /// <summary>A key of the author's is named as the signer, and did not make the signature: it or the text was changed.</summary>
    Bad,

    /// <summary>Nothing: who signed is not known here, is not the author, or did not sign for this recipient; the key or the
    /// signature does not count any more.</summary>
    Unknown,
}
