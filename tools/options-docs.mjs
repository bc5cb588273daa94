// Are the options of a built package documented where its users see them, in dist/*.d.ts? Every
// property of an exported type called …Options needs a sentence, and one that may be left out says
// its default ("Default 3.", "Default: none."). Types inferred from a zod schema lose both: write an
// interface and tie the schema to it by schemaFor() of @causal/options.
import { join, sep } from 'node:path';
import typescript from 'typescript';
import { ROOT } from './workspace.mjs';

const OURS = join(ROOT, 'packages') + sep;

/**
 * @param {string[]} files declaration files of one package
 * @returns {{ types: number, options: number, faults: string[] }} how many were looked at; one line
 *   for each that is not as it should be
 */
export function checkOptionsDocs(files) {
  const program = typescript.createProgram(files, {
    module: typescript.ModuleKind.Node16,
    moduleResolution: typescript.ModuleResolutionKind.Node16,
    target: typescript.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
  });
  const checker = program.getTypeChecker();
  const faults = [];
  const seen = new Set();
  let options = 0;

  const isOurs = (symbol) =>
    (symbol.declarations ?? []).some((node) => node.getSourceFile().fileName.startsWith(OURS));

  /** The objects written out in place of a type's name: their properties are options too. */
  function innerObjects(type) {
    const parts = type.isUnion() ? type.types : [type];
    return parts.filter(
      (part) =>
        part.symbol?.name === '__type' &&
        isOurs(part.symbol) &&
        part.getCallSignatures().length === 0 &&
        part.getProperties().length > 0,
    );
  }

  function look(type, path) {
    for (const property of type.getProperties()) {
      if (!isOurs(property)) continue;
      options++;
      const name = `${path}.${property.name}`;
      const text = typescript.displayPartsToString(property.getDocumentationComment(checker));
      const optional = (property.flags & typescript.SymbolFlags.Optional) !== 0;
      if (text.trim() === '') faults.push(`${name} has no sentence`);
      else if (optional && !/\bdefault\b/i.test(text))
        faults.push(`${name} does not say its default`);
      for (const inner of innerObjects(checker.getTypeOfSymbol(property))) look(inner, name);
    }
  }

  for (const file of files) {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) continue;
    for (const exported of checker.getExportsOfModule(module)) {
      if (!exported.name.endsWith('Options')) continue;
      const symbol =
        exported.flags & typescript.SymbolFlags.Alias
          ? checker.getAliasedSymbol(exported)
          : exported;
      // Another package's type is looked at there.
      if (seen.has(symbol) || !isOurs(symbol)) continue;
      seen.add(symbol);
      look(checker.getDeclaredTypeOfSymbol(symbol), exported.name);
    }
  }
  return { types: seen.size, options, faults };
}
