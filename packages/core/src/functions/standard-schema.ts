/**
 * What callgrid uses of Standard Schema v1 (https://standardschema.dev, `@standard-schema/spec` 1.1.0, MIT), the interface that
 * libraries of schemas have in common. It is written down here, so that the types of callgrid need no other package.
 */

/** A schema: what it takes is its input, what it makes of that its output. @beta */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

/** The output, or what is wrong with the value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong, and where in the value. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/** What a schema takes. */
export type SchemaInput<Schema extends StandardSchema> = NonNullable<Schema["~standard"]["types"]>["input"];

/** What a schema makes of it. */
export type SchemaOutput<Schema extends StandardSchema> = NonNullable<Schema["~standard"]["types"]>["output"];

/** A schema of the list of arguments of a function. */
export type ArgumentsSchema = StandardSchema<readonly unknown[], readonly unknown[]>;

/** Whether a value has the interface. Some libraries make functions of their schemas. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return false;
  const standard: unknown = (value as Partial<StandardSchema>)["~standard"];
  return (
    typeof standard === "object" &&
    standard !== null &&
    (standard as Partial<StandardSchema["~standard"]>).version === 1 &&
    typeof (standard as Partial<StandardSchema["~standard"]>).validate === "function"
  );
}
