//! The values that a pickle makes, and what they mean to PyTorch.

/// Maximum number of values that one pickle makes.
const MAX_NODES: usize = 1 << 22;
/// Deepest nesting of modules and dictionaries that is followed.
const MAX_DEPTH: usize = 32;
/// Maximum number of visits while tensors are named. Shared values count each time.
const MAX_VISITS: usize = 1 << 20;
/// Maximum bytes of the texts and shapes that one pickle makes, and of its tensors' names. Shared
/// ones count each time, because they are copied: without a bound, a pickle of a megabyte could
/// fill any memory. Those of a large checkpoint with its optimizer take below one MB.
const MAX_BYTES: usize = 64 << 20;
/// What is wrong with a pickle of more values or levels than this reader takes.
pub(super) const TOO_LARGE: &str = "its description of the tensors is too large";

/// A tensor as the pickle describes it: a strided view into a storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickledTensor {
    /// The storage's class, such as `HalfStorage`.
    pub storage_type: String,
    /// The storage's key: the name of its file in the archive.
    pub storage: String,
    /// Offset of the first element, in elements.
    pub offset: usize,
    pub shape: Vec<usize>,
    /// Steps between neighbours along each axis, in elements.
    pub strides: Vec<usize>,
}

impl PickledTensor {
    fn bytes(&self) -> usize {
        let texts = self.storage_type.len() + self.storage.len();
        let sizes = self.shape.len() + self.strides.len();
        size_of::<Self>() + texts + sizes * size_of::<usize>()
    }
}

/// A storage as the pickle describes it.
pub struct PickledStorage {
    /// Its class, such as `HalfStorage`.
    pub class: String,
    pub key: String,
    /// Its number of values, if the pickle says it.
    pub elements: Option<usize>,
}

pub(super) type Id = usize;

/// Values refer to one another by index, so that neither cycles nor depth in the input can leak
/// memory or overflow the stack.
pub(super) enum Node {
    /// A value that is not needed: a float, bytes, the result of a call that is not made.
    Opaque,
    Int(i64),
    Text(String),
    Sequence(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// `module name`.
    Global(String),
    // Boxed, because most values are smaller.
    Storage(Box<PickledStorage>),
    Tensor(Box<PickledTensor>),
    /// An instance of any class, with its attributes once they are known.
    Object(Option<Id>),
}

impl Node {
    /// Bytes of its texts and shapes.
    fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Global(text) => text.len(),
            Self::Storage(storage) => {
                size_of::<PickledStorage>() + storage.class.len() + storage.key.len()
            }
            Self::Tensor(tensor) => tensor.bytes(),
            _ => 0,
        }
    }
}

/// All values of a pickle.
#[derive(Default)]
pub(super) struct Values(pub(super) Vec<Node>, Budget);

/// The bytes in use of [`MAX_BYTES`].
#[derive(Default)]
struct Budget(usize);

impl Budget {
    fn spend(&mut self, bytes: usize) -> Result<(), &'static str> {
        self.0 = self.0.saturating_add(bytes);
        match self.0 <= MAX_BYTES {
            true => Ok(()),
            false => Err(TOO_LARGE),
        }
    }
}

/// The tensors of a pickle by their dotted names, as they are found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) tensors: Vec<(String, PickledTensor)>,
    visits: usize,
    bytes: Budget,
}

impl Found {
    /// Counts visits to values below one of this depth.
    fn visit(&mut self, count: usize, depth: usize) -> Result<(), &'static str> {
        self.visits = self.visits.saturating_add(count);
        match depth > MAX_DEPTH || self.visits > MAX_VISITS {
            true => Err(TOO_LARGE),
            false => Ok(()),
        }
    }
}

impl Values {
    /// Adds a value.
    pub(super) fn push(&mut self, node: Node) -> Result<Id, &'static str> {
        if self.0.len() >= MAX_NODES {
            return Err(TOO_LARGE);
        }
        self.1.spend(node.bytes())?;
        self.0.push(node);
        Ok(self.0.len() - 1)
    }

    /// The result of `function(*arguments)`, if it concerns tensors.
    pub(super) fn call(&self, function: Id, arguments: Id) -> Node {
        let (Node::Global(function), Node::Sequence(arguments)) =
            (&self.0[function], &self.0[arguments])
        else {
            return Node::Opaque;
        };
        match function.as_str() {
            "collections OrderedDict" => Node::Dict(Vec::new()),
            "torch._utils _rebuild_tensor" | "torch._utils _rebuild_tensor_v2" => {
                let tensor = self.tensor(arguments);
                tensor.map_or(Node::Opaque, |tensor| Node::Tensor(Box::new(tensor)))
            }
            "torch._utils _rebuild_parameter"
            | "torch._utils _rebuild_parameter_with_state"
            | "torch.nn.parameter Parameter" => {
                match arguments.first().map(|data| &self.0[*data]) {
                    Some(Node::Tensor(tensor)) => Node::Tensor(tensor.clone()),
                    _ => Node::Opaque,
                }
            }
            _ => Node::Object(None),
        }
    }

    /// A tensor from its storage, offset, shape and strides. Other arguments do not matter.
    fn tensor(&self, arguments: &[Id]) -> Option<PickledTensor> {
        let [storage, offset, shape, strides, ..] = arguments else {
            return None;
        };
        let Node::Storage(storage) = &self.0[*storage] else {
            return None;
        };
        let size = |id: &Id| match self.0[*id] {
            Node::Int(value) => usize::try_from(value).ok(),
            _ => None,
        };
        let sizes = |id: &Id| match &self.0[*id] {
            Node::Sequence(items) => items.iter().map(size).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        Some(PickledTensor {
            storage_type: storage.class.clone(),
            storage: storage.key.clone(),
            offset: size(offset)?,
            shape: sizes(shape)?,
            strides: sizes(strides)?,
        })
    }

    /// A storage from `("storage", class, key, device, elements)`. In the format before PyTorch 1.6
    /// the last item is `None`, or describes a part of another storage, which is not supported.
    pub(super) fn storage(&self, reference: Id) -> Node {
        let Node::Sequence(parts) = &self.0[reference] else {
            return Node::Opaque;
        };
        let [_, class, key, rest @ ..] = parts.as_slice() else {
            return Node::Opaque;
        };
        let is_part = |id: &Id| matches!(self.0[*id], Node::Sequence(_));
        let elements = match rest {
            [_, elements, ..] => match self.0[*elements] {
                Node::Int(elements) => usize::try_from(elements).ok(),
                _ => None,
            },
            _ => None,
        };
        match (&self.0[*class], &self.0[*key]) {
            (Node::Global(class), Node::Text(key)) if !rest.last().is_some_and(is_part) => {
                Node::Storage(Box::new(PickledStorage {
                    class: class.rsplit(' ').next().unwrap_or_default().to_owned(),
                    key: key.clone(),
                    elements,
                }))
            }
            _ => Node::Opaque,
        }
    }

    /// Adds the tensors at and below a value to `found`, by their dotted names.
    pub(super) fn walk(
        &self,
        id: Id,
        name: &mut String,
        depth: usize,
        found: &mut Found,
    ) -> Result<(), &'static str> {
        found.visit(1, depth)?;
        match &self.0[id] {
            Node::Tensor(tensor) => {
                found.bytes.spend(name.len() + tensor.bytes())?;
                found.tensors.push((name.clone(), (**tensor).clone()));
            }
            Node::Object(Some(attributes)) => {
                self.walk(*attributes, name, depth + 1, found)?;
            }
            Node::Dict(entries) => {
                // Entries that are skipped below count too.
                found.visit(entries.len(), depth)?;
                for (key, value) in entries {
                    let Node::Text(key) = &self.0[*key] else {
                        continue;
                    };
                    found.bytes.spend(key.len())?;
                    let length = name.len();
                    if length > 0 {
                        name.push('.');
                    }
                    name.push_str(key);
                    self.walk(*value, name, depth + 1, found)?;
                    name.truncate(length);
                }
            }
            _ => {}
        }
        Ok(())
    }
}
